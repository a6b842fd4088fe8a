/*
 * The store of a data folder with the tables of all rooms, and the node's key:
 * opened in one place, so that whoever uses them knows no SQL.
 */
#pragma once

#include "base/str.h"

typedef struct hr_store hr_store;
typedef struct hr_node_key hr_node_key;

typedef struct hr_data_options {
	const char *url; /* of the store */
	const char *key; /* the path of the node's key */
	const char *who; /* told to whoever finds the store taken */
} hr_data_options;

/* `*node` lives in the arena, the store until it is closed. */
bool hr_data_open(const hr_data_options *options, hr_arena *arena, hr_store **store,
		  hr_node_key **node, hr_error *err);

/* NULL is fine. */
void hr_data_close(hr_store *store);

/* A copy of such a store, while it is written to, into a file: hr_store_copy. */
bool hr_data_copy(const char *url, const char *to, hr_error *err);

/* Such a copy, to be read alone: closed as the store is. */
bool hr_data_open_copy(const char *path, hr_store **store, hr_error *err);
