#include "service/access.h"

#include "service/state.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

enum { LIST_ARENA_BYTES = 16 << 20, LOOK_EVERY_MS = 1000 };

/* What tells one file from the one before it. */
struct stamp {
	struct timespec changed;
	ino_t inode;
	off_t size;
};

struct hr_access {
	hr_arena *arena; /* holds this struct */
	const char *state;
	const char *path;
	const hr_log *log;
	atomic_bool required;
	_Atomic int64_t next_look; /* in ms of the monotonic clock */
	pthread_mutex_t reading;   /* one thread rereads: it alone sets what follows */
	struct stamp seen;
	pthread_rwlock_t lock; /* for what others read of it */
	hr_arena *list_arena;
	hr_tokens list;
	hr_error trouble;
};

/* --- the list --- */

static struct stamp look(const char *path)
{
	struct stamp stamp;
	struct stat st;

	memset(&stamp, 0, sizeof(stamp));
	if (stat(path, &st) == 0) {
		/* Of the inode: a right that was given is a change, too. */
		stamp.changed = st.st_ctim;
		stamp.inode = st.st_ino;
		stamp.size = st.st_size;
	}
	return stamp;
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
	return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
	       a->inode == b->inode && a->size == b->size;
}

static void put_list(hr_access *access, hr_arena *arena, hr_tokens list)
{
	hr_arena *before;

	pthread_rwlock_wrlock(&access->lock);
	before = access->list_arena;
	access->list_arena = arena;
	access->list = list;
	access->trouble.code = HR_E_NONE;
	pthread_rwlock_unlock(&access->lock);
	hr_arena_close(before);
	if (list.count)
		atomic_store(&access->required, true);
}

static void tell_read(const hr_access *access, size_t count)
{
	const hr_log_field fields[] = { { .name = "tokens", .number = (int64_t)count } };

	hr_log_write(access->log, HR_LOG_INFO, (hr_instant){ time(NULL) }, "access-read", fields,
		     1);
}

/* Once for each new reason, not every second. */
static void note_trouble(hr_access *access, const hr_error *why)
{
	const hr_log_field fields[] = {
		{ .name = "code", .text = hr_str_of(hr_error_word(why->code)) },
		{ .name = "message", .text = hr_str_of(why->message) },
	};

	if (access->trouble.code == why->code && !strcmp(access->trouble.message, why->message))
		return;
	hr_log_write(access->log, HR_LOG_ERROR, (hr_instant){ time(NULL) }, "access-unreadable",
		     fields, 2);
	pthread_rwlock_wrlock(&access->lock);
	access->trouble = *why;
	pthread_rwlock_unlock(&access->lock);
}

static bool read_list(hr_access *access, hr_error *err)
{
	hr_arena *arena = hr_arena_open(LIST_ARENA_BYTES);
	hr_tokens list;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_tokens_read(access->state, arena, &list, err)) {
		hr_arena_close(arena);
		return false;
	}
	put_list(access, arena, list);
	tell_read(access, list.count);
	return true;
}

/* The stamp first: a change while the file is read is seen at the next look. `reading` held. */
static void reread(hr_access *access)
{
	struct stamp stamp = look(access->path);
	hr_error err = { .code = HR_E_NONE };

	if (is_same(&stamp, &access->seen) && access->trouble.code == HR_E_NONE)
		return;
	access->seen = stamp;
	if (!read_list(access, &err))
		note_trouble(access, &err);
}

static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whoever comes first after the interval looks; the others go on with what is known. */
static void look_again(hr_access *access)
{
	int64_t now = milliseconds();

	if (!access->state || now < atomic_load(&access->next_look) ||
	    pthread_mutex_trylock(&access->reading) != 0)
		return;
	atomic_store(&access->next_look, now + LOOK_EVERY_MS);
	reread(access);
	pthread_mutex_unlock(&access->reading);
}

/* --- opening --- */

static bool open_locks(hr_access *access)
{
	if (pthread_mutex_init(&access->reading, NULL) != 0)
		return false;
	if (pthread_rwlock_init(&access->lock, NULL) == 0)
		return true;
	pthread_mutex_destroy(&access->reading);
	return false;
}

static hr_access *make(const char *state, hr_error *err)
{
	hr_arena *arena = hr_arena_open(1 << 16);
	hr_access *access = arena ? HR_NEW(arena, hr_access) : NULL;

	if (access && state) {
		access->state = hr_str_terminated(arena, hr_str_of(state));
		access->path = hr_state_path(state, HR_TOKENS_FILE, arena);
	}
	if (!access || (state && (!access->state || !access->path)) || !open_locks(access)) {
		hr_arena_close(arena);
		hr_fail_memory(err);
		return NULL;
	}
	access->arena = arena;
	return access;
}

bool hr_access_open(const char *state, bool required, const hr_log *log, hr_access **out,
		    hr_error *err)
{
	hr_access *access = make(state, err);

	if (!access)
		return false;
	access->log = log;
	atomic_store(&access->required, required);
	if (state) {
		access->seen = look(access->path);
		if (!read_list(access, err)) {
			hr_access_close(access);
			return false;
		}
	}
	*out = access;
	return true;
}

void hr_access_close(hr_access *access)
{
	if (!access)
		return;
	hr_arena_close(access->list_arena);
	pthread_rwlock_destroy(&access->lock);
	pthread_mutex_destroy(&access->reading);
	hr_arena_close(access->arena);
}

/* --- asking --- */

/* What stands behind "Bearer "; empty when it is another scheme. RFC 6750 2.1, RFC 9110 11.1. */
static hr_str bearer(hr_str authorization)
{
	hr_str scheme = hr_str_next_word(&authorization);

	return hr_str_equal_nocase(scheme, HR_STR("Bearer")) ? hr_str_trim(authorization)
							     : HR_STR_NONE;
}

/* All are compared, each in constant time: how long it takes tells nothing. Lock held. */
static const hr_token *find(const hr_access *access, const hr_digest *digest)
{
	const hr_token *found = NULL;

	for (size_t i = 0; i < access->list.count; i++)
		if (hr_digest_equal(&access->list.items[i].digest, digest))
			found = &access->list.items[i];
	return found;
}

static hr_access_answer rule(const hr_token *token, hr_token_scope scope, hr_instant now,
			     char id[HR_TOKEN_ID_TEXT])
{
	if (!token || !hr_token_is_valid(token, now))
		return HR_ACCESS_INVALID;
	memcpy(id, token->id, HR_TOKEN_ID_TEXT);
	return (token->scopes & scope) == scope ? HR_ACCESS_GRANTED : HR_ACCESS_SCOPE;
}

hr_access_ruling hr_access_ask(hr_access *access, hr_str authorization, hr_token_scope scope,
			       hr_instant now)
{
	hr_access_ruling ruling = { .answer = HR_ACCESS_MISSING };
	hr_str sent = bearer(authorization);
	hr_digest digest;
	hr_error err;

	look_again(access);
	if (sent.len && hr_token_digest(sent, &digest, &err)) {
		pthread_rwlock_rdlock(&access->lock);
		ruling.answer = rule(find(access, &digest), scope, now, ruling.id);
		pthread_rwlock_unlock(&access->lock);
	} else if (sent.len) {
		ruling.answer = err.code == HR_E_NO_TOKEN ? HR_ACCESS_INVALID : HR_ACCESS_SHORT;
	}
	if (ruling.answer != HR_ACCESS_GRANTED &&
	    (scope == HR_SCOPE_NONE || !atomic_load(&access->required)))
		ruling.answer = HR_ACCESS_OPEN;
	return ruling;
}

hr_error hr_access_trouble(hr_access *access)
{
	hr_error trouble;

	look_again(access);
	pthread_rwlock_rdlock(&access->lock);
	trouble = access->trouble;
	pthread_rwlock_unlock(&access->lock);
	return trouble;
}

/* --- where it may listen --- */

/* "[::1]:8080", "127.0.0.1:8080", "::1": the host alone. */
static hr_str host_of(hr_str address)
{
	size_t colon = hr_str_find(address, HR_STR(":"));

	if (hr_str_starts_with(address, HR_STR("[")))
		return hr_str_slice(address, 1, hr_str_find(address, HR_STR("]")));
	/* More than one colon: an address of IPv6 without a port. */
	if (hr_str_find(hr_str_slice(address, colon + 1, address.len), HR_STR(":")) <
	    address.len - colon - (colon < address.len))
		return address;
	return hr_str_slice(address, 0, colon);
}

bool hr_access_is_local(hr_str address)
{
	hr_str host = host_of(address);
	char text[INET6_ADDRSTRLEN] = "";
	struct in_addr v4;
	struct in6_addr v6;

	if (host.len == 0 || host.len >= sizeof(text))
		return false;
	memcpy(text, host.data, host.len);
	if (inet_pton(AF_INET, text, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool hr_access_may_listen(const hr_config *config, bool is_local, size_t valid_tokens,
			  hr_error *err)
{
	if (is_local && !config->trusted_proxies)
		return true;
	if (!config->trusted_proxies && !(config->tls_certificate && config->tls_key))
		return hr_fail(err, HR_E_USAGE,
			       "others can reach '%s': give --tls-certificate and --tls-key, or "
			       "--trusted-proxy when a proxy of yours has them; or listen on "
			       "127.0.0.1",
			       config->listen);
	if (!config->state)
		return hr_fail(err, HR_E_USAGE,
			       "others can reach '%s': give --state DIR, with a token in it "
			       "('huren access add --state DIR NAME')",
			       config->listen);
	if (valid_tokens == 0)
		return hr_fail(
			err, HR_E_USAGE,
			"others can reach '%s', and '%s' holds no valid token: 'huren access "
			"add --state DIR NAME' makes one",
			config->listen, config->state);
	return true;
}
