/*
 * Shelves: the folders that objects lie in, numbered from 1 and filled one
 * after the other. Who changes names on a shelf at once shares one flush of it.
 */
#pragma once

#include "base/arena.h"

#include <pthread.h>

enum { HR_SHELF_FILES = 10000, HR_SHELF_NAME = 9 };

typedef struct hr_shelf {
	uint32_t number;
	int fd;
	unsigned users; /* drafts on it, and hr_shelves while it is the newest */
	unsigned files;
	bool flushing;
	uint64_t asked;
	uint64_t flushed; /* of those asked for; or that failed */
	uint64_t failed;  /* the last of which the flush failed */
	int errnum;	  /* with what */
	struct hr_shelf *next_free;
} hr_shelf;

typedef struct hr_shelves {
	hr_arena *arena;      /* nobody else's: taken from later, under the lock */
	int fd;		      /* of the folder above */
	pthread_mutex_t lock; /* of what follows, and of the shelves */
	pthread_cond_t flushed;
	hr_shelf *newest;
	hr_shelf *free;
} hr_shelves;

/* Makes what is not there. Closed by hr_shelves_close, also after a failure. */
bool hr_shelves_open(hr_shelves *shelves, const char *path, hr_arena *arena, hr_error *err);
void hr_shelves_close(hr_shelves *shelves);

/* The shelf for one more file, to be left when that is done. NULL on failure. */
hr_shelf *hr_shelves_take(hr_shelves *shelves, hr_error *err);
void hr_shelves_leave(hr_shelves *shelves, hr_shelf *shelf);

/* The names on it are on the disk as they were when this was called, or newer. */
bool hr_shelf_flush(hr_shelves *shelves, hr_shelf *shelf, hr_error *err);

void hr_shelf_name(uint32_t number, char out[HR_SHELF_NAME]);

/* 0 for what is no name of a shelf. */
uint32_t hr_shelf_number(const char *name);

typedef bool hr_name_visit(void *context, int folder, const char *name, hr_error *err);

/* Every name in a folder but its own and its parent's. */
bool hr_names_visit(int parent, const char *path, hr_name_visit *visit, void *context,
		    hr_error *err);
