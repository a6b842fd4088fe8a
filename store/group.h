/*
 * Writers that come at once are committed at once. Who finds no other at work
 * leads: it runs the functions of all that wait, commits them together and
 * wakes them; then the first that has come meanwhile leads. There is no
 * thread for it: a lone writer pays for no handing over.
 */
#pragma once

#include "store/link.h"

#include <pthread.h>

struct hr_group_request;

typedef struct hr_group {
	hr_link link;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t grown; /* for a leader that awaits others */
	struct hr_group_request *first;
	struct hr_group_request *last;
	unsigned waiting;
	bool led;
	/* The leader's own. */
	unsigned served;   /* in the last group */
	int64_t commit_ns; /* that its commit took */
} hr_group;

/* What `link` is set to. False when the system has no lock to give. */
bool hr_group_init(hr_group *group);
void hr_group_dispose(hr_group *group);

/* hr_store_write. */
bool hr_group_write(hr_group *group, hr_tx_function *function, void *context, hr_error *err);
