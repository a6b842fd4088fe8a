/*
 * What can go wrong, in one table: the code, the word for it in JSON, the
 * HTTP status, the exit code of the command, and what a person may do.
 *
 * A function that can fail returns bool and takes `hr_error *err` last, never
 * NULL. On failure it fills `err` and leaves its outputs untouched. A "no" of
 * the domain (not recognised) is a value, never an error.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*      code             word            http exit hint */
#define HR_ERRORS(X)                                                                               \
	X(NONE, "none", 200, 0, "")                                                                \
	X(USAGE, "usage", 400, 2, "'huren help' lists the commands")                               \
	X(NOT_FOUND, "not-found", 404, 2, "check the name")                                        \
	X(SYNTAX, "malformed", 400, 3, "the input is damaged or is not the format it claims")      \
	X(ENCODING, "encoding", 400, 3,                                                            \
	  "UTF-8, GBK, GB2312, GB18030 and UTF-16 are read; say the right one in the document")    \
	X(FORBIDDEN, "forbidden", 400, 3,                                                          \
	  "remove the DOCTYPE; documents with one are never read, because it can name files")      \
	X(LIMIT, "too-large", 413, 3,                                                              \
	  "give a smaller input; 'huren help formats' lists the limits")                           \
	X(UNSUPPORTED, "unsupported", 415, 3, "'huren help formats' lists what is read")           \
	X(INCOMPLETE, "incomplete", 422, 3, "the input lacks what a decision needs")               \
	X(CATALOG, "catalogue-invalid", 422, 5, "'huren catalog check DIR' lists every issue")     \
	X(CONFLICT, "conflict", 409, 6, "read the newest version, merge, and publish again")       \
	X(EXISTS, "exists", 409, 6, "nothing was overwritten")                                     \
	X(REGISTRY, "registry", 500, 7, "'git fsck' in the repository tells what is damaged")      \
	X(IO, "io", 500, 7, "check the path, its permissions and the disk")                        \
	X(NO_SPACE, "no-space", 507, 7, "free some space; nothing was half written")               \
	X(MEMORY, "memory", 503, 8, "the request needs more memory than it may have")              \
	X(INTERNAL, "internal", 500, 70, "this is a fault of huren; please report it")

typedef enum hr_error_code {
#define X(code, word, http, exit, hint) HR_E_##code,
	HR_ERRORS(X)
#undef X
		HR_E_COUNT
} hr_error_code;

typedef struct hr_error {
	hr_error_code code;
	uint32_t line;	   /* 1-based, in the input; 0 when there is no such place */
	uint32_t column;   /* 1-based */
	char message[240]; /* for the caller; one line, lower case, no full stop, never patient data
			    */
	char detail[240];  /* for the log */
} hr_error;

/* Always false, so that a caller can write `return hr_fail(err, ...)`. */
bool hr_fail(hr_error *err, hr_error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As hr_fail, with the place in the input. */
bool hr_fail_at(hr_error *err, hr_error_code code, uint32_t line, uint32_t column,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* errno to our codes, in the one place that does it: "cannot <what> '<name>': <reason>". */
bool hr_fail_errno(hr_error *err, int errnum, const char *what, const char *name);

/* An allocation failed or the arena's cap is reached. */
bool hr_fail_memory(hr_error *err);

const char *hr_error_word(hr_error_code code);
const char *hr_error_hint(hr_error_code code);
int hr_error_http(hr_error_code code);
int hr_error_exit(hr_error_code code);

#ifdef __clang_analyzer__
/* "Always false", in words that clang-tidy reads: else it follows paths that do not exist. */
#define hr_fail(...)	   ((hr_fail)(__VA_ARGS__), false)
#define hr_fail_at(...)	   ((hr_fail_at)(__VA_ARGS__), false)
#define hr_fail_errno(...) ((hr_fail_errno)(__VA_ARGS__), false)
#define hr_fail_memory(e)  ((hr_fail_memory)(e), false)
#endif
