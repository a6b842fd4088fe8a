/*
 * The configuration file: `key = value` a line, # for comments. Looked for at
 * $HUREN_CONFIG, then $XDG_CONFIG_HOME/huren/huren.conf (~/.config when that
 * is not set), then /etc/huren/huren.conf; the first that exists is read.
 * The environment ($HUREN_REGISTRY ...) goes before it, flags before both.
 */
#pragma once

#include "base/file.h"

typedef struct hr_config {
	const char *registry;
	const char *local;
	const char *receiver;
	const char *lang;
	const char *author;
} hr_config;

/* HR_E_USAGE with file and line for a key that does not exist or stands twice. */
bool hr_config_read(hr_arena *arena, hr_config *out, hr_error *err);

/* One file's text; `path` is for messages. */
bool hr_config_parse(hr_str text, const char *path, hr_arena *arena, hr_config *out, hr_error *err);
