/*
 * What can go wrong, in one table: the code, the word for it in JSON, the
 * HTTP status, the exit code of the command, its title, and what a person may
 * do.
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

/* code, word, http, exit, title in Chinese and in English, hint */
#define HR_ERRORS(X)                                                                               \
	X(NONE, "none", 200, 0, "", "", "")                                                        \
	X(USAGE, "usage", 400, 2, "请求不合约定", "The request is not one that is understood",     \
	  "'huren help' lists the commands")                                                       \
	X(NOT_FOUND, "not-found", 404, 2, "没有这一项", "There is no such thing",                  \
	  "check the name")                                                                        \
	X(NO_TOKEN, "no-token", 401, 2, "需要有效的访问令牌", "A valid token is wanted",           \
	  "send 'Authorization: Bearer TOKEN'; 'huren access add' makes one")                      \
	X(NO_RIGHT, "no-right", 403, 2, "令牌无此权限", "The token is for something else",         \
	  "'huren access add --scope' makes one for it")                                           \
	X(TOO_MANY, "too-many", 429, 2, "请求过于频繁", "Too many requests", "wait a second")      \
	X(NO_SESSION, "session-unknown", 401, 2, "尚未打开, 或已超时结束",                         \
	  "There is no such session, or it is over", "open the link or the code again")            \
	X(CROSS_SITE, "cross-site", 403, 2, "请求来自其他网站",                                    \
	  "The request comes from another site's page", "ask from the service's own pages")        \
	X(SHARE_UNKNOWN, "share-unknown", 404, 2, "链接、取片码或口令不对", "This opens nothing",  \
	  "look at the link, the code and the passcode once more")                                 \
	X(SHARE_WAITS, "share-waits", 410, 2, "分享尚未开始", "The share has not begun",           \
	  "open it on its first day")                                                              \
	X(SHARE_EXPIRED, "share-expired", 410, 2, "分享已过期", "The share has expired",           \
	  "ask the patient for another")                                                           \
	X(SHARE_SPENT, "share-spent", 410, 2, "分享的打开次数已用完",                              \
	  "The share was opened as often as it may be", "ask the patient for another")             \
	X(SHARE_REVOKED, "share-revoked", 410, 2, "患者已收回分享",                                \
	  "The patient has called the share back", "ask the patient")                              \
	X(SHARE_ENDED, "share-ended", 410, 2, "分享的影像已撤回",                                  \
	  "What was shared is no longer there", "ask the hospital that made the images")           \
	X(PATIENT_UNKNOWN, "patient-unknown", 404, 2,                                              \
	  "领片凭证、证件号后六位或姓名不对, 或已失效", "This opens nothing",                      \
	  "look at the slip once more, or ask the hospital for another")                           \
	X(NOT_ACCEPTABLE, "not-acceptable", 406, 2, "没有所要求的格式",                            \
	  "There is no such form of it", "ask for one of the forms that are named")                \
	X(SYNTAX, "malformed", 400, 3, "内容损坏, 或与所称格式不符",                               \
	  "The input is damaged, or is not the format it claims",                                  \
	  "the input is damaged or is not the format it claims")                                   \
	X(ENCODING, "encoding", 400, 3, "字符编码有误",                                            \
	  "The input is not in an encoding that is read",                                          \
	  "UTF-8, GBK, GB2312, GB18030 and UTF-16 are read; say the right one in the document")    \
	X(FORBIDDEN, "forbidden", 400, 3, "文档含有一律不读的内容",                                \
	  "The document holds what is never read",                                                 \
	  "remove the DOCTYPE; documents with one are never read, because it can name files")      \
	X(LIMIT, "too-large", 413, 3, "超过限度", "A limit is passed",                             \
	  "give a smaller input; 'huren help formats' lists the limits")                           \
	X(UNSUPPORTED, "unsupported", 415, 3, "不读这种格式", "This format is not read",           \
	  "'huren help formats' lists what is read")                                               \
	X(INCOMPLETE, "incomplete", 422, 3, "缺少判定所需的内容",                                  \
	  "What a decision needs is missing", "the input lacks what a decision needs")             \
	X(CATALOG, "catalogue-invalid", 422, 5, "目录有误", "The catalogue has errors",            \
	  "'huren catalog check DIR' lists every issue")                                           \
	X(CONFLICT, "conflict", 409, 6, "与已有内容冲突, 或他人先已更改",                          \
	  "It does not agree with what is there, or another was quicker",                          \
	  "see what is there now, as the newest version; do it again if it still fits")            \
	X(EXISTS, "exists", 409, 6, "已经存在", "It exists already", "nothing was overwritten")    \
	X(RULE, "rule", 409, 6, "与已存数据不符", "It does not fit what is stored",                \
	  "nothing was written; see whether it is there already, or its other half is not")        \
	X(REGISTRY, "registry", 500, 7, "目录库有误", "The registry cannot be read",               \
	  "'git fsck' in the repository tells what is damaged")                                    \
	X(IO, "io", 500, 7, "读写失败", "Reading or writing failed",                               \
	  "check the path, its permissions and the disk")                                          \
	X(NO_SPACE, "no-space", 507, 7, "磁盘空间不足", "The disk is full",                        \
	  "free some space; nothing was half written")                                             \
	X(READ_ONLY, "read-only", 503, 7, "只能读取, 不能写入", "It can be read, not written",     \
	  "make the disk or the database writable; nothing was half written")                      \
	X(UNAVAILABLE, "unavailable", 503, 7, "数据库或对象存储暂时无法访问",                      \
	  "The database or the object storage cannot be reached",                                  \
	  "see that it runs; huren reaches for it again by itself")                                \
	X(UPSTREAM, "upstream", 502, 7, "存放影像的机构暂时无法访问",                              \
	  "Where the images are kept cannot be reached",                                           \
	  "try again later, or ask that institution")                                              \
	X(UPSTREAM_SLOW, "upstream-slow", 504, 7, "存放影像的机构迟迟没有应答",                    \
	  "Where the images are kept does not answer in time",                                     \
	  "try again later, or ask that institution")                                              \
	X(BUSY, "busy", 503, 7, "正被占用", "Another is at work there",                            \
	  "wait for the other, or stop it")                                                        \
	X(NEWER, "newer", 500, 7, "由更新版本的 huren 写成", "A newer huren has written it",       \
	  "use a huren at least as new as the one that wrote it")                                  \
	X(MEMORY, "memory", 503, 8, "内存不足", "Memory is short",                                 \
	  "the request needs more memory than it may have")                                        \
	X(INTERNAL, "internal", 500, 70, "程序内部错误", "A fault of huren itself",                \
	  "this is a fault of huren; please report it")

typedef enum hr_error_code {
#define X(code, word, http, exit, zh, en, hint) HR_E_##code,
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
const char *hr_error_title(hr_error_code code);
const char *hr_error_title_zh(hr_error_code code);
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
