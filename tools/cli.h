/*
 * The command line: one table of commands, one of options for each. Results go
 * to stdout, words to stderr; the exit code is the one of the error's row in
 * base/error.h, or the command's own answer.
 */
#pragma once

#include "catalog/catalog.h"
#include "catalog/check.h"
#include "service/config.h"

#include <stdio.h>

enum { HR_CLI_ARENA_BYTES = 1 << 30 };

typedef enum hr_cli_kind { HR_CLI_FLAG, HR_CLI_TEXT, HR_CLI_LIST } hr_cli_kind;

typedef struct hr_cli_list {
	const char **items;
	size_t count;
} hr_cli_list;

typedef struct hr_cli_option {
	const char *name;     /* "receiver": given as --receiver USCC or --receiver=USCC */
	hr_cli_kind kind;     /* bool, const char *, hr_cli_list */
	size_t offset;	      /* in the command's own values */
	const char *argument; /* "USCC"; NULL for a flag */
	const char *help;
} hr_cli_option;

/* A row of a command's options; the values of a command are its file's `struct values`. */
#define HR_CLI_OPTION(option, kind_, field, argument_, help_)                                      \
	{                                                                                          \
		.name = (option), .kind = (kind_), .offset = offsetof(struct values, field),       \
		.argument = (argument_), .help = (help_)                                           \
	}
#define HR_CLI_OPTIONS(table)                                                                      \
	.options = (table), .option_count = sizeof(table) / sizeof((table)[0]),                    \
	.values_bytes = sizeof(struct values)

typedef struct hr_cli {
	hr_arena *arena;
	hr_config config;
	void *values;	   /* the command's own, filled from its options */
	hr_cli_list words; /* what is no option */
	const char *input; /* the file that is being read, for errors; NULL for none */
	FILE *out;	   /* results */
	hr_error err;
} hr_cli;

typedef struct hr_cli_command {
	const char *name;  /* "registry publish" */
	const char *usage; /* what must be given; its other options go before */
	const char *summary;
	const char *notes; /* more for --help; NULL for none */
	const hr_cli_option *options;
	size_t option_count;
	size_t values_bytes;
	size_t words_min;
	size_t words_max;
	bool takes_settings; /* as flags: those of hr_config_rows that name it */
	bool settled;	     /* runs without the configuration file, which may be broken */
	/* The exit code; HR_CLI_FAILED to have cli->err told. */
	int (*run)(hr_cli *cli);
} hr_cli_command;

enum { HR_CLI_FAILED = -1 };

/* The commands, in the order of `huren help`. */
extern const hr_cli_command *const hr_cli_commands[];
extern const size_t hr_cli_command_count;

extern const hr_cli_command hr_cli_verify;
extern const hr_cli_command hr_cli_serve;
extern const hr_cli_command hr_cli_catalog_check;
extern const hr_cli_command hr_cli_catalog_new;
extern const hr_cli_command hr_cli_catalog_import;
extern const hr_cli_command hr_cli_catalog_export;
extern const hr_cli_command hr_cli_registry_init;
extern const hr_cli_command hr_cli_registry_publish;
extern const hr_cli_command hr_cli_registry_log;
extern const hr_cli_command hr_cli_registry_show;
extern const hr_cli_command hr_cli_registry_export;
extern const hr_cli_command hr_cli_registry_diff;
extern const hr_cli_command hr_cli_access_add;
extern const hr_cli_command hr_cli_access_list;
extern const hr_cli_command hr_cli_access_revoke;
extern const hr_cli_command hr_cli_film_add;
extern const hr_cli_command hr_cli_film_list;
extern const hr_cli_command hr_cli_film_export;
extern const hr_cli_command hr_cli_film_show;
extern const hr_cli_command hr_cli_film_unmatched;
extern const hr_cli_command hr_cli_film_release;
extern const hr_cli_command hr_cli_film_match;
extern const hr_cli_command hr_cli_film_claim;
extern const hr_cli_command hr_cli_film_correct;
extern const hr_cli_command hr_cli_film_manifest;
extern const hr_cli_command hr_cli_film_publish;
extern const hr_cli_command hr_cli_film_remove;
extern const hr_cli_command hr_cli_film_fsck;
extern const hr_cli_command hr_cli_film_backup;
extern const hr_cli_command hr_cli_film_restore;
extern const hr_cli_command hr_cli_share_create;
extern const hr_cli_command hr_cli_share_list;
extern const hr_cli_command hr_cli_share_show;
extern const hr_cli_command hr_cli_share_revoke;
extern const hr_cli_command hr_cli_share_log;
extern const hr_cli_command hr_cli_share_pickup;
extern const hr_cli_command hr_cli_settle_quote;
extern const hr_cli_command hr_cli_settle_explain;
extern const hr_cli_command hr_cli_settle_check;
extern const hr_cli_command hr_cli_settle_clear;
extern const hr_cli_command hr_cli_settle_reconcile;
extern const hr_cli_command hr_cli_settle_record;
extern const hr_cli_command hr_cli_settle_reverse;
extern const hr_cli_command hr_cli_settle_ledger;
extern const hr_cli_command hr_cli_settle_resettle;
extern const hr_cli_command hr_cli_filing_check;
extern const hr_cli_command hr_cli_filing_apply;
extern const hr_cli_command hr_cli_filing_change;
extern const hr_cli_command hr_cli_filing_cancel;
extern const hr_cli_command hr_cli_filing_approve;
extern const hr_cli_command hr_cli_filing_refuse;
extern const hr_cli_command hr_cli_filing_list;
extern const hr_cli_command hr_cli_settle_diagnose;
extern const hr_cli_command hr_cli_settle_institutions;
extern const hr_cli_command hr_cli_backup;
extern const hr_cli_command hr_cli_restore;
extern const hr_cli_command hr_cli_help;

/* `huren worker KIND`, begun by the service: no command of a person. */
int hr_cli_worker(const char *kind);

/* Options and words of one command; HR_E_USAGE names the one that is wrong. */
bool hr_cli_parse(hr_cli *cli, const hr_cli_command *command, int argc, char **argv, hr_error *err);

void hr_cli_print_usage(const hr_cli_command *command, FILE *out);

/*
 * Words in lines of at most 80 columns. The line stands at `column` already;
 * further ones are indented. One word that is longer stands whole.
 */
void hr_cli_print_wrapped(hr_str text, size_t column, size_t indent, FILE *out);

/* "  name   text": the text wrapped beside the name, below it where that is wider than `width`. */
void hr_cli_print_entry(const char *name, size_t width, hr_str text, FILE *out);

/* Help of one command, from its tables. */
void hr_cli_print_help(const hr_cli_command *command, FILE *out);

/* The commands of a group, "registry", with one line each. False when there is no such group. */
bool hr_cli_print_group(const char *group, FILE *out);
bool hr_cli_is_group(const char *word);

/*
 * "huren: input:line:column: message" and "hint: ..." on stderr; returns the
 * exit code. `input` may be NULL, `command` too.
 */
int hr_cli_tell(const hr_error *err, const char *input, const hr_cli_command *command);

/* The issues of a check, each with its place and what to do. */
void hr_cli_format_issues(const hr_issues *issues, hr_buf *out);

/* The language of what a person reads: the setting lang. */
bool hr_cli_is_english(const hr_cli *cli);

/* Text to stdout; HR_CLI_FAILED when it cannot be written, `code` otherwise. */
int hr_cli_print(hr_cli *cli, hr_str text, int code);
int hr_cli_print_buf(hr_cli *cli, const hr_buf *buf, int code);

/* The word at `index`; empty when there are not so many. */
hr_str hr_cli_word(const hr_cli *cli, size_t index);

/* When something is published: the clock, or $SOURCE_DATE_EPOCH for reproducible commits. */
int64_t hr_cli_now(void);

/* That a state folder is named; on failure cli->err. */
bool hr_cli_want_state(hr_cli *cli);

/* That the disks of the state and the log have min-free-bytes. */
bool hr_cli_check_space(hr_cli *cli);

/*
 * What is written from now on is for its owner alone; and when root runs us,
 * for the owner of the state folder: else the service could not read it.
 */
bool hr_cli_become_owner(hr_cli *cli);

/* All three, before something is kept. */
bool hr_cli_enter_state(hr_cli *cli);
