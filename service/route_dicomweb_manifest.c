/*
 * A study as a manifest, for who wants to know where its images are before any
 * of them is fetched (IHE RAD MADO): a KOS, or the same in FHIR.
 */
#include "service/accept.h"
#include "service/dicomweb.h"
#include "service/http_select.h"
#include "service/manifest_out.h"

static const hr_offer answers[] = {
	[HR_MANIFEST_KOS] = { HR_STR_INIT("application/dicom"), HR_STR_INIT(HR_EXPLICIT_LE), false,
			      true, true },
	[HR_MANIFEST_FHIR] = { .type = HR_STR_INIT("application/fhir+json") },
	{ .type = HR_STR_INIT("application/json") },
};
enum { ANSWERS = sizeof(answers) / sizeof(answers[0]) };

/* Of its bytes: it has none of its own, and the same study gives the same. */
static bool etag_of(hr_str body, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);

	if (run && hr_sha256_add(run, body, err))
		return hr_dicomweb_etag(run, arena, out, err);
	if (run)
		hr_sha256_end(run, NULL, err);
	return false;
}

bool hr_answer_dicomweb_manifest(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	size_t chosen = hr_accept_choose(call->request, answers, ANSWERS);
	hr_manifest_ask ask;
	hr_dicomweb w;
	hr_str etag;

	if (chosen == ANSWERS)
		return hr_accept_fail(answers, ANSWERS, err);
	if (!hr_dicomweb_init(app, call, &w, err))
		return false;
	ask = (hr_manifest_ask){
		.study_uid = w.study,
		.scope = w.scope,
		.base = app->options.film_base.len ? app->options.film_base : w.base,
		.format = chosen == HR_MANIFEST_KOS ? HR_MANIFEST_KOS : HR_MANIFEST_FHIR,
	};
	if (!hr_manifest_make(w.films, &ask, w.arena, &out->body, err) ||
	    !etag_of(out->body, w.arena, &etag, err))
		return false;
	out->type = answers[chosen].type;
	hr_dicomweb_keep_and_ask(out);
	return hr_http_select(call->request, etag, out, err);
}
