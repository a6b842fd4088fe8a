/*
 * /viewer: OHIF, on the service's own origin. Its files are program code that
 * anybody may have; of a film it shows what /dicom-web lets its reader see.
 */
#include "service/http_gzip.h"
#include "service/http_select.h"
#include "service/routes.h"
#include "service/viewer.h"

/*
 * What OHIF wants: WebAssembly for its decoders and workers made of blobs; styles
 * that its scripts write; pictures that it draws. Nothing of another origin,
 * no script in a page, no text made into a script.
 */
#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "      \
	"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "    \
	"connect-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action "       \
	"'none'; frame-ancestors 'none'"

/*
 * Chinese where the reader has chosen nothing, and no tour in English before the
 * image. The first line is what the page said itself.
 */
static const char config[] =
	"window.PUBLIC_URL='/viewer/';window.browserImportFunction=(name)=>import(name);\n"
	"if(!localStorage.getItem('i18nextLng'))localStorage.setItem('i18nextLng','zh');\n"
	"if(!localStorage.getItem('shownTours'))"
	"localStorage.setItem('shownTours','[\"basicViewerTour\"]');\n"
	"window.config={routerBasename:'/viewer',extensions:[],modes:[],showStudyList:true,"
	"maxNumberOfWebWorkers:3,investigationalUseDialog:{option:'never'},"
	"defaultDataSourceName:'huren',dataSources:[{namespace:"
	"'@ohif/extension-default.dataSourcesModule.dicomweb',sourceName:'huren',configuration:{"
	"friendlyName:'huren',name:'huren',qidoRoot:'/dicom-web',wadoRoot:'/dicom-web',"
	"wadoUriRoot:'/dicom-web',qidoSupportsIncludeField:true,supportsFuzzyMatching:true,"
	"supportsWildcard:true,imageRendering:'wadors',thumbnailRendering:'wadors',"
	"enableStudyLazyLoad:true,omitQuotationForMultipartRequest:true}}]};\n";

static void add_headers(hr_http_response *out)
{
	hr_http_add_field(out, HR_STR("Content-Security-Policy"), HR_STR(POLICY));
	hr_http_add_field(out, HR_STR("Referrer-Policy"), HR_STR("no-referrer"));
	/* Without these two a page gets no memory that its workers share. */
	hr_http_add_field(out, HR_STR("Cross-Origin-Opener-Policy"), HR_STR("same-origin"));
	hr_http_add_field(out, HR_STR("Cross-Origin-Embedder-Policy"), HR_STR("require-corp"));
}

static bool open_file(void *subject, uint32_t number, int *fd, hr_error *err)
{
	(void)number;
	return hr_viewer_open_file(subject, fd, err);
}

static bool answer_file(const hr_call *call, const hr_viewer_file *file, hr_http_response *out,
			hr_error *err)
{
	const hr_http_request *request = call->request;
	const bool zips = file->zipped && hr_http_takes_gzip(request);
	const hr_viewer_file *sent = zips ? file->zipped : file;
	hr_http_piece *piece = HR_NEW(request->arena, hr_http_piece);

	if (!piece)
		return hr_fail_memory(err);
	*piece = (hr_http_piece){ .length = sent->size };
	out->type = file->type;
	out->pieces = piece;
	out->piece_count = sent->size > 0;
	out->files = (hr_http_files){ open_file, (void *)(uintptr_t)sent };
	if (zips)
		hr_http_add_field(out, HR_STR("Content-Encoding"), HR_STR("gzip"));
	if (file->zipped)
		hr_http_add_field(out, HR_STR("Vary"), HR_STR("Accept-Encoding"));
	hr_http_add_field(out, HR_STR("Cache-Control"),
			  file->is_for_ever ? HR_STR("public, max-age=31536000, immutable")
					    : HR_STR("no-cache"));
	return hr_http_select(request, hr_str_of(sent->etag), out, err);
}

static bool answer_config(hr_http_response *out)
{
	out->type = HR_STR("text/javascript; charset=utf-8");
	out->body = (hr_str){ config, sizeof(config) - 1 };
	hr_http_add_field(out, HR_STR("Cache-Control"), HR_STR("no-cache"));
	return true;
}

/* A path of its own, "viewer", "segmentation": its page makes of it what it will. */
static const hr_viewer_file *find(const hr_viewer *viewer, hr_str path)
{
	const hr_viewer_file *file = hr_viewer_find(viewer, path);

	if (!file && hr_str_find(path, HR_STR(".")) == path.len)
		file = hr_viewer_find(viewer, HR_STR("index.html"));
	return file;
}

bool hr_answer_viewer(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_viewer_file *file;

	if (!app->options.viewer)
		return hr_fail(err, HR_E_NOT_FOUND,
			       "no viewer is installed: 'tools/viewer FOLDER' fetches one, and "
			       "'--viewer FOLDER' has it served here");
	add_headers(out);
	if (hr_str_equal(call->params[0], HR_STR("app-config.js")))
		return answer_config(out);
	file = find(app->options.viewer, call->params[0]);
	return file ? answer_file(call, file, out, err)
		    : hr_fail(err, HR_E_NOT_FOUND, "the viewer has no such file");
}
