/*
 * The doctor's viewer: the files of a folder (tools/viewer makes it), below
 * /viewer/. What there is is noted when it is opened; a path that is asked for
 * is looked up in that table and never made into a name of a file. Any thread.
 */
#pragma once

#include "base/crypto.h"

enum { HR_VIEWER_FILES_MAX = 4000, HR_VIEWER_FOLDERS_MAX = 64, HR_VIEWER_DEPTH_MAX = 8 };

enum { HR_VIEWER_ETAG = HR_SHA256_TEXT + 2 };

typedef struct hr_viewer_file {
	hr_str path; /* "assets/icon.png" */
	hr_str name; /* its last step, NUL-terminated */
	hr_str type; /* Content-Type */
	int folder;  /* an open one */
	uint64_t size;
	char etag[HR_VIEWER_ETAG];	     /* with its quotes; of its bytes */
	bool is_for_ever;		     /* its name says which bytes it has */
	const struct hr_viewer_file *zipped; /* PATH.gz; NULL: there is none */
} hr_viewer_file;

typedef struct hr_viewer hr_viewer;

/*
 * HR_E_LIMIT for too many files; HR_E_UNSUPPORTED for a link, or anything else that
 * is neither a file nor a folder; HR_E_INCOMPLETE without an index.html.
 */
bool hr_viewer_open(const char *folder, hr_viewer **out, hr_error *err);
void hr_viewer_close(hr_viewer *viewer);

/* NULL: there is none of that path. */
const hr_viewer_file *hr_viewer_find(const hr_viewer *viewer, hr_str path);

/* HR_E_IO when it is not the file that it was. Who gets it closes it. */
bool hr_viewer_open_file(const hr_viewer_file *file, int *fd, hr_error *err);
