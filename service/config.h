/*
 * The settings, by one table: each may stand in the configuration file, in the
 * environment, and behind a flag; the later goes before the earlier, and all
 * three go through the setting's row.
 *
 * The file has a `key = value` a line, # for comments. It is looked for at
 * $HUREN_CONFIG, then $XDG_CONFIG_HOME/huren/huren.conf (~/.config when that
 * is not set), then /etc/huren/huren.conf; the first that exists is read.
 *
 * No setting holds a secret: keys stand in files that a setting names. So all
 * of them may be shown.
 */
#pragma once

#include "base/file.h"

typedef enum hr_config_kind {
	HR_CONFIG_TEXT,	  /* const char *; NULL when it is not set */
	HR_CONFIG_CHOICE, /* the same; one of those in `argument`: "zh|en" */
	HR_CONFIG_NUMBER, /* int64_t */
	HR_CONFIG_YES_NO, /* bool */
} hr_config_kind;

typedef struct hr_config_row {
	hr_str key;	      /* "head-seconds" in the file; the flag is --head-seconds */
	const char *variable; /* "HUREN_HEAD_SECONDS" */
	hr_config_kind kind;
	size_t offset;	      /* in hr_config */
	const char *argument; /* what a value is: "FILE" */
	int64_t min;	      /* of a number */
	int64_t max;
	const char *fallback; /* as text; NULL: not set */
	const char *users;    /* the commands that take it as a flag: "verify, registry diff" */
	const char *help;
} hr_config_row;

extern const hr_config_row hr_config_rows[];
extern const size_t hr_config_row_count;

typedef enum hr_config_origin_kind {
	HR_BY_DEFAULT,
	HR_BY_FILE,
	HR_BY_VARIABLE,
	HR_BY_FLAG
} hr_config_origin_kind;

/* Who set a value. */
typedef struct hr_config_origin {
	hr_config_origin_kind kind;
	uint32_t line; /* in the file */
} hr_config_origin;

enum { HR_CONFIG_ROWS_MAX = 64 };

typedef struct hr_config {
	const char *path; /* of the file that was read; NULL: none */
	hr_config_origin origins[HR_CONFIG_ROWS_MAX];

	const char *registry;
	const char *local;
	const char *receiver;
	const char *lang;
	const char *author;
	const char *listen;
	const char *mllp;
	const char *data;
	const char *store;
	const char *objects;
	const char *dicom;
	const char *aet;
	const char *dicom_allow;
	const char *dicom_peer;
	const char *dicom_institution;
	const char *public_url;
	const char *retrieve_origins;
	bool retrieve_private;
	int64_t retrieve_seconds;
	const char *state;
	const char *log;
	int64_t threads;
	int64_t connections;
	int64_t connections_per_client;
	int64_t requests_per_second;
	int64_t body_bytes;
	int64_t head_seconds;
	int64_t body_seconds;
	int64_t mllp_connections;
	int64_t mllp_idle_seconds;
	int64_t mllp_message_seconds;
	int64_t dicom_associations;
	int64_t dicom_idle_seconds;
	int64_t dicom_message_seconds;
	int64_t drain_seconds;
	const char *trusted_proxies;
	const char *access;
	const char *viewer;
	const char *cors_origins;
	const char *desk_networks;
	int64_t share_tries;
	int64_t code_tries;
	const char *tls_certificate;
	const char *tls_key;
	int64_t min_free_bytes;
} hr_config;

/* NULL when there is none of that key. */
const hr_config_row *hr_config_find(hr_str key);

/* Is it a flag of that command ("access add"), by its name or its first words? */
bool hr_config_is_for(const hr_config_row *setting, hr_str command);

/* All of them as a commented file: tools/huren.conf. */
void hr_config_format_sample(hr_buf *out);

/* The file, then the environment. HR_E_USAGE with the place of what is wrong. */
bool hr_config_read(hr_arena *arena, hr_config *out, hr_error *err);

/* The defaults, and over them one file's text; `path` is for messages. */
bool hr_config_parse(hr_str text, const char *path, hr_arena *arena, hr_config *out, hr_error *err);

/* `value` is copied. HR_E_USAGE when it is not one, or the same origin has set it already. */
bool hr_config_set(hr_config *config, const hr_config_row *setting, hr_str value,
		   hr_config_origin origin, hr_arena *arena, hr_error *err);

/* Was it given as a flag? Of a key that there is. */
bool hr_config_is_flag(const hr_config *config, hr_str key);

/* Every setting with its value and where it is from, as lines that the file may hold. */
void hr_config_format(const hr_config *config, hr_buf *out);
