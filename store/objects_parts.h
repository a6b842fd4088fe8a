/* What the objects' own files share: their names, and what a place to keep them must be able to. */
#pragma once

#include "store/objects.h"
#include "store/shelf.h"

enum { HR_OBJECT_NAME = 80, HR_OBJECT_PATH = HR_SHELF_NAME + HR_OBJECT_NAME };

/* Objects in a folder, or in a bucket. */
typedef struct hr_objects_kind {
	/* Closed by `close`, also after a failure. */
	bool (*open)(hr_objects *objects, const hr_objects_options *options, hr_error *err);
	void (*close)(hr_objects *objects);

	/* Gives it its fd. Ended by `end_draft`, also after a failure. */
	bool (*open_draft)(hr_draft *draft, hr_error *err);
	void (*end_draft)(hr_draft *draft);

	/* For good; digest and size are known. */
	bool (*keep)(const hr_draft *draft, hr_object *object, hr_error *err);

	bool (*get_part)(hr_objects *objects, const hr_object *object, uint64_t offset,
			 uint64_t length, int *fd, uint64_t *at, hr_error *err);
	bool (*remove)(hr_objects *objects, const hr_object *object, hr_error *err);
	bool (*sweep)(hr_objects *objects, hr_object_visit *visit, void *context, hr_error *err);
} hr_objects_kind;

extern const hr_objects_kind hr_objects_folder;
extern const hr_objects_kind hr_objects_s3;

struct hr_objects {
	const hr_objects_kind *kind;
	hr_arena *arena;
	uint64_t process; /* a number that it drew */
	_Atomic uint64_t draft_count;
	hr_shelves shelves; /* in a folder */
	struct hr_s3 *s3;   /* in a bucket, with a spool */
	int spool;
	uint32_t run; /* its shelf */
};

/* "00000001/6b86b273...-1": its shelf, its digest, and the number of its copy unless that is 0. */
void hr_object_path(const hr_object *object, char out[HR_OBJECT_PATH]);

/* Behind the shelf. */
void hr_object_name(const hr_object *object, char out[HR_OBJECT_NAME]);

/* False for what is no such name. */
bool hr_object_name_read(const char *name, hr_object *out);

void hr_draft_name(const hr_draft *draft, char out[HR_OBJECT_NAME]);

/* Removes what is named as a draft of another process: a crash has left it. */
bool hr_draft_sweep(const hr_objects *objects, int folder, const char *name, bool *draft,
		    hr_error *err);
