/* What the objects' own files share: how they are named. */
#pragma once

#include "store/objects.h"
#include "store/shelf.h"

enum { HR_OBJECT_NAME = 80 };

struct hr_objects {
	hr_shelves shelves;
	uint64_t process; /* a number that it drew */
	_Atomic uint64_t draft_count;
};

/* On its shelf. */
void hr_object_name(const hr_object *object, char out[HR_OBJECT_NAME]);

/* Of a draft, how its name begins; the number follows. */
void hr_draft_prefix(const hr_objects *objects, char out[HR_OBJECT_NAME]);
