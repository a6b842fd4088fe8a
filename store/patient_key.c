#include "store/patient_key.h"

#include "base/file.h"
#include "base/id_card.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_BYTES_MAX = 256, FILE_BYTES_MAX = 128, ARENA_BYTES = 1 << 16 };

static const char *const steps[] = {
	"CREATE TABLE node_key (one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), print BYTEA "
	"NOT NULL)",
};
const hr_room hr_node_key_room = { .name = "node_key", .steps = steps, .step_count = 1 };

/* --- the file --- */

static bool check_owner(const char *path, hr_error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return hr_fail_errno(err, errno, "read", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return hr_fail(err, HR_E_IO,
			       "the key '%s' is not a file of its owner alone: 'chmod 600' it",
			       path);
	return true;
}

static bool read_key(const char *path, hr_node_key *out, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	hr_str text;

	if (!arena)
		return hr_fail_memory(err);
	if (!check_owner(path, err) || !hr_file_read(path, FILE_BYTES_MAX, arena, &text, err))
		return false;
	if (!hr_digest_parse(hr_str_trim(text), &out->secret))
		return hr_fail(err, HR_E_IO, "the key '%s' is damaged: it is not 64 digits", path);
	return true;
}

static bool write_secret(int fd, const char *path, hr_error *err)
{
	hr_digest secret;
	char text[HR_SHA256_TEXT];

	if (getrandom(secret.bytes, sizeof(secret.bytes), 0) != (ssize_t)sizeof(secret.bytes))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	hr_digest_format(&secret, text);
	text[HR_SHA256_TEXT - 1] = '\n';
	errno = EIO;
	if (write(fd, text, sizeof(text)) != (ssize_t)sizeof(text) || fsync(fd) != 0)
		return hr_fail_errno(err, errno, "write", path);
	return true;
}

/* link(2) never takes the place of another file: who was quicker has made the key. */
static bool make_file(const char *path, hr_error *err)
{
	char work[PATH_MAX];
	bool ok;
	int fd;

	if (snprintf(work, sizeof(work), "%s.new", path) >= (int)sizeof(work))
		return hr_fail_errno(err, ENAMETOOLONG, "create", path);
	unlink(work);
	fd = open(work, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return hr_fail_errno(err, errno, "create", path);
	ok = write_secret(fd, path, err);
	close(fd);
	if (ok && link(work, path) != 0 && errno != EEXIST)
		ok = hr_fail_errno(err, errno, "create", path);
	unlink(work);
	return ok && hr_folder_sync_of(path, err);
}

/* --- its print in the store --- */

struct print {
	hr_digest digest;
	bool found;
};

static bool find_print(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql find = HR_SQL("SELECT print FROM node_key", "");
	struct print *print = context;
	hr_rows rows;

	if (!hr_tx_select(tx, &find, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		hr_str bytes = hr_rows_bytes(&rows, 0);

		print->found = true;
		if (bytes.len == sizeof(print->digest.bytes))
			memcpy(print->digest.bytes, bytes.data, bytes.len);
	}
	return hr_rows_end(&rows, err);
}

static bool add_print(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql add = HR_SQL("INSERT INTO node_key (one, print) VALUES (1, $1)", "b");
	const struct print *print = context;
	hr_str bytes = { (const char *)print->digest.bytes, sizeof(print->digest.bytes) };

	return hr_tx_run(tx, &add, HR_VALUES(hr_sql_bytes(bytes)), err);
}

static hr_str secret_of(const hr_node_key *key)
{
	return (hr_str){ (const char *)key->secret.bytes, sizeof(key->secret.bytes) };
}

bool hr_node_key_open(hr_store *store, const char *path, hr_node_key *out, hr_error *err)
{
	struct print known = { .found = false };
	struct print own;
	hr_node_key key;

	if (!hr_store_read(store, find_print, &known, err))
		return false;
	if (access(path, F_OK) != 0) {
		if (known.found)
			return hr_fail(err, HR_E_IO,
				       "the key '%s' of this store is gone: put it back from the "
				       "backup",
				       path);
		if (!make_file(path, err))
			return false;
	}
	if (!read_key(path, &key, err) ||
	    !hr_hmac_sha256(secret_of(&key), HR_STR("huren node key"), &own.digest, err))
		return false;
	if (known.found && !hr_digest_equal(&known.digest, &own.digest))
		return hr_fail(err, HR_E_IO,
			       "the key '%s' is not the one that this store was begun with: put "
			       "that one back from the backup",
			       path);
	if (!known.found && !hr_store_write(store, add_print, &own, err))
		return false;
	*out = key;
	return true;
}

/* --- the key of a patient --- */

/* With its length before it: no two patients make the same bytes. */
static bool add_part(hr_buf *buf, hr_str part)
{
	uint16_t len = (uint16_t)part.len;

	if (part.len > PART_BYTES_MAX)
		return false;
	hr_buf_add_char(buf, (char)(len >> 8));
	hr_buf_add_char(buf, (char)(len & 0xff));
	hr_buf_add(buf, part);
	return true;
}

bool hr_patient_key_make(const hr_node_key *node, const hr_patient_id *patient, hr_patient_key *out,
			 hr_error *err)
{
	hr_str id = hr_str_trim(patient->id);
	hr_str issuer = hr_str_trim(patient->issuer);
	bool national = hr_is_id_card(id);
	char bytes[4 * PART_BYTES_MAX];
	hr_buf buf;

	if (id.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "the patient has no number");
	if (!national && issuer.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "the patient's number is not national, and nobody is named who "
			       "gave it");
	hr_buf_init_over(&buf, bytes, sizeof(bytes));
	if (!add_part(&buf, national ? HR_STR("GB 11643") : hr_str_trim(patient->type)) ||
	    !add_part(&buf, national ? HR_STR("") : issuer) || !add_part(&buf, id))
		return hr_fail(err, HR_E_LIMIT,
			       "the patient's number, or who gave it, has over "
			       "%d bytes",
			       PART_BYTES_MAX);
	/* The check character X is written small, too. */
	if (national && buf.data[buf.len - 1] == 'x')
		buf.data[buf.len - 1] = 'X';
	return hr_hmac_sha256(secret_of(node), hr_buf_str(&buf), &out->digest, err);
}
