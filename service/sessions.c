/*
 * One table, one lock: what is done under it are microseconds, of which the
 * copying of a session's texts are the most. The store is asked without it.
 */
#include "service/sessions.h"

#include "service/secret.h"

#include <pthread.h>

enum {
	BUCKETS = 16384,
	SWEPT = 16, /* buckets, with each new session */
	BLOCK_BYTES = 248,
	TEXTS_BYTES_MAX = 64 << 20, /* of all sessions */
	TABLE_BYTES = 32 << 20,
	HEAD_BYTES = 4, /* in front of a text: its length */
};

static const hr_str mark = HR_STR_INIT("hrs_");

/* Texts of a share, cut into pieces: they are of any length, and no piece of memory is lost. */
struct block {
	struct block *next;
	char bytes[BLOCK_BYTES];
};

struct entry {
	struct entry *next; /* of its bucket, or of those that are free */
	hr_digest digest;   /* of the secret, which is kept nowhere */
	hr_session_kind kind;
	hr_patient_key patient;
	hr_share share;	      /* without its texts */
	struct block *blocks; /* these */
	uint64_t seen;	      /* what `changes` was before the share was looked at; 0: never */
	int64_t made_s;
	int64_t used_s;
};

struct hr_sessions {
	hr_arena *arena; /* holds this struct, and all entries and blocks */
	hr_films *films;
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	struct entry *free_entries;
	struct block *free_blocks;
	size_t count;
	size_t block_count; /* taken from the arena */
	size_t hand;	    /* the bucket that is swept next */
};

/* Says nothing of whether it was ever drawn. */
static bool is_secret(hr_str text)
{
	return text.len == HR_SECRET_TEXT - 1 && hr_str_starts_with(text, mark);
}

bool hr_sessions_open(hr_films *films, hr_sessions **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(TABLE_BYTES + TEXTS_BYTES_MAX + sizeof(hr_sessions));
	hr_sessions *sessions = arena ? HR_NEW(arena, hr_sessions) : NULL;

	if (!sessions || pthread_mutex_init(&sessions->lock, NULL) != 0) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	sessions->arena = arena;
	sessions->films = films;
	*out = sessions;
	return true;
}
_Static_assert(sizeof(struct entry) * HR_SESSIONS_MAX <= TABLE_BYTES, "all have room");

void hr_sessions_close(hr_sessions *sessions)
{
	if (!sessions)
		return;
	pthread_mutex_destroy(&sessions->lock);
	hr_arena_close(sessions->arena);
}

/* --- texts; the lock is held --- */

static void free_blocks(hr_sessions *s, struct entry *entry)
{
	while (entry->blocks) {
		struct block *block = entry->blocks;

		entry->blocks = block->next;
		block->next = s->free_blocks;
		s->free_blocks = block;
	}
}

static struct block *take_block(hr_sessions *s)
{
	struct block *block = s->free_blocks;

	if (block) {
		s->free_blocks = block->next;
		block->next = NULL;
		return block;
	}
	if (s->block_count >= TEXTS_BYTES_MAX / sizeof(struct block))
		return NULL;
	s->block_count++;
	return HR_NEW(s->arena, struct block);
}

/* Where the next byte goes, or is. */
struct cursor {
	struct block **next; /* the link to the block behind the present one */
	struct block *block;
	size_t at; /* in it */
};

static bool write_bytes(hr_sessions *s, struct cursor *c, hr_str bytes)
{
	while (bytes.len) {
		size_t n;

		if (!c->block || c->at == BLOCK_BYTES) {
			c->block = *c->next = take_block(s);
			if (!c->block)
				return false;
			c->next = &c->block->next;
			c->at = 0;
		}
		n = bytes.len < BLOCK_BYTES - c->at ? bytes.len : BLOCK_BYTES - c->at;
		memcpy(c->block->bytes + c->at, bytes.data, n);
		c->at += n;
		bytes = hr_str_slice(bytes, n, bytes.len);
	}
	return true;
}

static bool write_text(hr_sessions *s, struct cursor *c, hr_str text)
{
	const uint32_t len = (uint32_t)text.len;

	return write_bytes(s, c, (hr_str){ (const char *)&len, HEAD_BYTES }) &&
	       write_bytes(s, c, text);
}

static void read_bytes(struct cursor *c, char *out, size_t len)
{
	while (len) {
		size_t n;

		if (c->at == BLOCK_BYTES) {
			c->block = c->block->next;
			c->at = 0;
		}
		n = len < BLOCK_BYTES - c->at ? len : BLOCK_BYTES - c->at;
		memcpy(out, c->block->bytes + c->at, n);
		c->at += n;
		out += n;
		len -= n;
	}
}

static bool read_text(struct cursor *c, hr_arena *arena, hr_str *out)
{
	uint32_t len;
	char *bytes;

	read_bytes(c, (char *)&len, HEAD_BYTES);
	bytes = hr_arena_alloc_text(arena, len ? len : 1);
	if (!bytes)
		return false;
	read_bytes(c, bytes, len);
	*out = (hr_str){ bytes, len };
	return true;
}

/* The share of an entry from now on. Without room nothing is left of the one before. */
static bool put_share(hr_sessions *s, struct entry *entry, const hr_share *share, hr_error *err)
{
	struct cursor c = { .next = &entry->blocks };
	bool ok;

	free_blocks(s, entry);
	entry->share = *share;
	entry->share.study_uids = NULL;
	entry->share.recipient = entry->share.relation = entry->share.purpose = HR_STR_NONE;
	ok = write_text(s, &c, share->recipient) && write_text(s, &c, share->relation) &&
	     write_text(s, &c, share->purpose);
	for (size_t i = 0; ok && i < share->study_count; i++)
		ok = write_text(s, &c, share->study_uids[i]);
	if (ok)
		return true;
	free_blocks(s, entry);
	return hr_fail(err, HR_E_TOO_MANY, "there are too many sessions");
}

/* Copied to `arena`. */
static bool get_share(const struct entry *entry, hr_arena *arena, hr_share *out, hr_error *err)
{
	struct cursor c = { .block = entry->blocks };
	hr_share share = entry->share;
	hr_str *uids = HR_NEW_N(arena, hr_str, share.study_count + 1);
	bool ok = uids && read_text(&c, arena, &share.recipient) &&
		  read_text(&c, arena, &share.relation) && read_text(&c, arena, &share.purpose);

	for (size_t i = 0; ok && i < share.study_count; i++)
		ok = read_text(&c, arena, &uids[i]);
	if (!ok)
		return hr_fail_memory(err);
	share.study_uids = uids;
	*out = share;
	return true;
}

/* --- the table; the lock is held --- */

static size_t bucket_of(const hr_digest *digest)
{
	return (digest->bytes[0] | (size_t)digest->bytes[1] << 8) % BUCKETS;
}

static bool is_over(const struct entry *entry, int64_t now_s)
{
	return now_s - entry->used_s >= HR_SESSION_SECONDS ||
	       now_s - entry->made_s >= (int64_t)HR_SESSION_HOURS_MAX * 3600;
}

static void drop(hr_sessions *s, struct entry **link)
{
	struct entry *entry = *link;

	free_blocks(s, entry);
	*link = entry->next;
	*entry = (struct entry){ .next = s->free_entries };
	s->free_entries = entry;
	s->count--;
}

static void sweep(hr_sessions *s, size_t buckets, int64_t now_s)
{
	for (; buckets; buckets--, s->hand = (s->hand + 1) % BUCKETS)
		for (struct entry **link = &s->buckets[s->hand]; *link;) {
			if (is_over(*link, now_s))
				drop(s, link);
			else
				link = &(*link)->next;
		}
}

/* The link to it; NULL when there is none, or none any more. */
static struct entry **find(hr_sessions *s, const hr_digest *digest, int64_t now_s)
{
	struct entry **link = &s->buckets[bucket_of(digest)];

	while (*link && !hr_digest_equal(&(*link)->digest, digest))
		link = &(*link)->next;
	if (!*link)
		return NULL;
	if (!is_over(*link, now_s))
		return link;
	drop(s, link);
	return NULL;
}

static struct entry *take_entry(hr_sessions *s, int64_t now_s, hr_error *err)
{
	struct entry *entry;

	sweep(s, s->count < HR_SESSIONS_MAX ? SWEPT : BUCKETS, now_s);
	if (s->count >= HR_SESSIONS_MAX) {
		hr_fail(err, HR_E_TOO_MANY, "there are too many sessions");
		return NULL;
	}
	entry = s->free_entries;
	if (entry)
		s->free_entries = entry->next;
	else
		entry = HR_NEW(s->arena, struct entry);
	if (!entry)
		hr_fail_memory(err);
	return entry;
}

/* --- beginning and ending --- */

static bool begin_locked(hr_sessions *s, const struct entry *fresh, const hr_share *share,
			 hr_error *err)
{
	struct entry *entry = take_entry(s, fresh->made_s, err);
	struct entry **bucket = &s->buckets[bucket_of(&fresh->digest)];

	if (!entry)
		return false;
	*entry = *fresh;
	entry->next = *bucket;
	*bucket = entry;
	s->count++;
	if (!share || put_share(s, entry, share, err))
		return true;
	drop(s, bucket);
	return false;
}

static bool begin(hr_sessions *s, struct entry *fresh, const hr_share *share, hr_instant now,
		  char text[HR_SESSION_TEXT], hr_error *err)
{
	char secret[HR_SECRET_TEXT];
	bool ok;

	if (!hr_secret_draw(mark, secret, err) ||
	    !hr_sha256(hr_str_of(secret), &fresh->digest, err))
		return false;
	fresh->made_s = fresh->used_s = now.second;
	pthread_mutex_lock(&s->lock);
	ok = begin_locked(s, fresh, share, err);
	pthread_mutex_unlock(&s->lock);
	if (ok)
		memcpy(text, secret, HR_SESSION_TEXT);
	explicit_bzero(secret, sizeof(secret));
	return ok;
}
_Static_assert((int)HR_SECRET_TEXT == (int)HR_SESSION_TEXT, "a session is a secret");

/* Looked at when it is first asked with: it may have been revoked since it was opened. */
bool hr_session_begin_share(hr_sessions *sessions, const hr_share *share, hr_instant now,
			    char text[HR_SESSION_TEXT], hr_error *err)
{
	struct entry fresh = { .kind = HR_SESSION_SHARE, .patient = share->patient };

	return begin(sessions, &fresh, share, now, text, err);
}

bool hr_session_begin_patient(hr_sessions *sessions, const hr_patient_key *patient, hr_instant now,
			      char text[HR_SESSION_TEXT], hr_error *err)
{
	struct entry fresh = { .kind = HR_SESSION_PATIENT, .patient = *patient };

	return begin(sessions, &fresh, NULL, now, text, err);
}

void hr_session_end(hr_sessions *sessions, hr_str text)
{
	hr_digest digest;
	hr_error err;
	struct entry **link;

	if (!is_secret(text) || !hr_sha256(text, &digest, &err))
		return;
	pthread_mutex_lock(&sessions->lock);
	link = find(sessions, &digest, 0);
	if (link)
		drop(sessions, link);
	pthread_mutex_unlock(&sessions->lock);
}

/* --- finding --- */

/*
 * Of a share that was opened. That no opening is left, or no try of its
 * passcode, is for others: a session lives on.
 */
static hr_share_state state_of(const hr_share *share, hr_instant now)
{
	if (share->state == HR_SHARE_REVOKED || share->revoked_at.second)
		return HR_SHARE_REVOKED;
	if (share->state == HR_SHARE_ENDED || share->study_count == 0)
		return HR_SHARE_ENDED;
	/* Of a 取片码 it is the end of its typing in, not of the doctor's looking. */
	return !share->is_pickup && now.second >= share->expires_at.second ? HR_SHARE_EXPIRED
									   : HR_SHARE_LIVES;
}

/* Who may fetch images whole may see them, too; of who may neither, documents are what he has. */
static hr_film_parts parts_of(unsigned rights)
{
	if (!(rights & HR_SHARE_REPORT))
		return HR_FILM_IMAGES_ALONE;
	return rights & (HR_SHARE_VIEW | HR_SHARE_DOWNLOAD) ? HR_FILM_ALL_PARTS
							    : HR_FILM_DOCUMENTS_ALONE;
}

struct asked {
	hr_sessions *sessions;
	hr_digest digest;
	hr_instant now;
	hr_arena *arena;
	uint64_t changes; /* before anything was looked at */
};

/* The lock is held, for a moment; not while the store is asked. */
static bool look_again(const struct asked *a, const char id[HR_SHARE_ID_TEXT], hr_error *err)
{
	hr_sessions *s = a->sessions;
	hr_share share = { .state = HR_SHARE_ENDED };
	struct entry **link;
	bool ok = true;

	if (!hr_share_get(s->films, hr_str_of(id), NULL, a->now, a->arena, &share, err) &&
	    err->code != HR_E_NOT_FOUND)
		return false;
	memcpy(share.id, id, HR_SHARE_ID_TEXT);
	pthread_mutex_lock(&s->lock);
	link = find(s, &a->digest, a->now.second);
	if (link && (*link)->seen < a->changes) {
		ok = put_share(s, *link, &share, err);
		(*link)->seen = a->changes;
		if (!ok)
			drop(s, link);
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static int64_t end_of(const struct entry *entry)
{
	const int64_t idle = entry->used_s + HR_SESSION_SECONDS;
	const int64_t most = entry->made_s + (int64_t)HR_SESSION_HOURS_MAX * 3600;
	const int64_t end = idle < most ? idle : most;
	const int64_t of_share = entry->share.expires_at.second;

	return entry->kind == HR_SESSION_SHARE && !entry->share.is_pickup && of_share < end
		       ? of_share
		       : end;
}

/* The lock is held. */
static bool tell(const struct asked *a, struct entry *entry, hr_session_answer *answer,
		 hr_session *out, hr_error *err)
{
	hr_session session = { .kind = entry->kind, .patient = entry->patient };

	*answer = HR_SESSION_LIVES;
	if (entry->kind == HR_SESSION_SHARE) {
		if (!get_share(entry, a->arena, &session.share, err))
			return false;
		session.share.state = state_of(&session.share, a->now);
		session.rights = session.share.rights;
		session.scope.study_uids = session.share.study_uids;
		session.scope.count = session.share.study_count;
		session.scope.parts = parts_of(session.rights);
		if (session.share.state != HR_SHARE_LIVES)
			*answer = HR_SESSION_ENDED;
	} else {
		session.rights = HR_SHARE_VIEW | HR_SHARE_DOWNLOAD | HR_SHARE_REPORT;
	}
	if (*answer == HR_SESSION_LIVES)
		entry->used_s = a->now.second;
	session.expires_at.second = end_of(entry);
	*out = session;
	if (entry->kind == HR_SESSION_PATIENT)
		out->scope.patient = &out->patient;
	return true;
}

/* `id` is set when the share must be looked at first: then nothing else is done. */
static bool try_find(const struct asked *a, char id[HR_SHARE_ID_TEXT], hr_session_answer *answer,
		     hr_session *out, hr_error *err)
{
	hr_sessions *s = a->sessions;
	struct entry **link;
	bool ok = true;

	id[0] = '\0';
	pthread_mutex_lock(&s->lock);
	link = find(s, &a->digest, a->now.second);
	if (!link)
		*answer = HR_SESSION_UNKNOWN;
	else if ((*link)->kind == HR_SESSION_SHARE && (*link)->seen < a->changes)
		memcpy(id, (*link)->share.id, HR_SHARE_ID_TEXT);
	else
		ok = tell(a, *link, answer, out, err);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool hr_session_find(hr_sessions *sessions, hr_str text, hr_instant now, hr_arena *arena,
		     hr_session_answer *answer, hr_session *out, hr_error *err)
{
	struct asked a = { .sessions = sessions,
			   .now = now,
			   .arena = arena,
			   .changes = atomic_load(&sessions->films->changes) + 1 };
	char id[HR_SHARE_ID_TEXT];

	if (!is_secret(text)) {
		*answer = HR_SESSION_UNKNOWN;
		return true;
	}
	if (!hr_sha256(text, &a.digest, err) || !try_find(&a, id, answer, out, err))
		return false;
	if (!id[0])
		return true;
	return look_again(&a, id, err) && try_find(&a, id, answer, out, err);
}
