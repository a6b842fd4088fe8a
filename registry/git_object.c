#define ZLIB_CONST
#include "registry/git.h"

#include <stdio.h>
#include <zlib.h>

static bool fail_object(hr_error *err, const git_oid *id, const char *why)
{
	char hex[HR_COMMIT_TEXT];

	return hr_fail(err, HR_E_REGISTRY, "object %s %s", git_oid_tostr(hex, sizeof(hex), id),
		       why);
}

/* libgit2's words in the detail: they name files of this machine. */
static bool fail_reading(hr_error *err, const git_oid *id, int code)
{
	hr_error cause;

	hr_fail_git(&cause, code, "read an object");
	fail_object(err, id, code == GIT_ENOTFOUND ? "is missing" : "is damaged");
	if (cause.code == HR_E_MEMORY || cause.code == HR_E_IO)
		err->code = cause.code;
	memcpy(err->detail, cause.message, sizeof(err->detail));
	return false;
}

bool hr_git_look(const hr_registry *registry, const git_oid *id, git_object_t *type, size_t *size,
		 hr_error *err)
{
	int code = git_odb_read_header(size, type, registry->odb, id);

	return code < 0 ? fail_reading(err, id, code) : true;
}

/* `n` bytes, no more and no less. */
static bool inflate_part(z_stream *z, void *out, size_t n)
{
	int code;

	z->next_out = out;
	z->avail_out = (uInt)n;
	if (n == 0)
		return true;
	code = inflate(z, Z_SYNC_FLUSH);
	return (code == Z_OK || code == Z_STREAM_END) && z->avail_out == 0;
}

static bool inflate_end(z_stream *z)
{
	char more;

	z->next_out = (Bytef *)&more;
	z->avail_out = 1;
	return inflate(z, Z_SYNC_FLUSH) == Z_STREAM_END && z->avail_out == 1 && z->avail_in == 0;
}

static bool inflate_object(z_stream *z, git_object_t type, char *content, size_t size)
{
	char wanted[40];
	char header[40];
	int len = snprintf(wanted, sizeof(wanted), "%s %zu", git_object_type2string(type), size);

	return inflate_part(z, header, (size_t)len + 1) &&
	       memcmp(header, wanted, (size_t)len + 1) == 0 && inflate_part(z, content, size) &&
	       inflate_end(z);
}

bool hr_loose_parse(hr_str file, git_object_t type, size_t size, hr_arena *arena, hr_str *out,
		    hr_error *err)
{
	char *content = hr_arena_alloc_text(arena, size + 1);
	z_stream z = { .next_in = (const Bytef *)file.data, .avail_in = (uInt)file.len };
	bool ok;

	if (!content || inflateInit(&z) != Z_OK)
		return hr_fail_memory(err);
	ok = inflate_object(&z, type, content, size);
	inflateEnd(&z);
	if (!ok)
		return hr_fail(err, HR_E_REGISTRY, "not a whole loose object");
	content[size] = '\0';
	*out = (hr_str){ content, size };
	return true;
}

static bool fetch_loose(const hr_registry *registry, const git_oid *id, git_object_t type,
			size_t size, hr_arena *arena, hr_str *out, hr_error *err)
{
	size_t most = compressBound(size) + 1024;
	HR_AUTO(hr_arena) scratch = hr_arena_open(most + 8192);
	char hex[HR_COMMIT_TEXT];
	hr_str file;
	hr_buf path;

	if (!scratch)
		return hr_fail_memory(err);
	git_oid_tostr(hex, sizeof(hex), id);
	hr_buf_init(&path, scratch, 4096);
	hr_buf_addf(&path, "%sobjects/%.2s/%s", git_repository_path(registry->repo), hex, hex + 2);
	if (path.failed)
		return hr_fail_memory(err);
	return hr_file_read(path.data, most, scratch, &file, err) &&
	       hr_loose_parse(file, type, size, arena, out, err);
}

static bool fetch_packed(const hr_registry *registry, const git_oid *id, git_object_t type,
			 size_t size, hr_arena *arena, hr_str *out, hr_error *err)
{
	HR_AUTO(git_odb_object) object = NULL;
	int code = git_odb_read(&object, registry->odb, id);

	if (code < 0)
		return fail_reading(err, id, code);
	if (git_odb_object_size(object) != size || git_odb_object_type(object) != type)
		return fail_object(err, id, "is not what its header says");
	*out = hr_str_copy(arena, (hr_str){ git_odb_object_data(object), size });
	return out->data ? true : hr_fail_memory(err);
}

bool hr_git_fetch(const hr_registry *registry, const git_oid *id, git_object_t type, size_t limit,
		  hr_arena *arena, hr_str *out, hr_error *err)
{
	git_object_t found;
	hr_error cause;
	size_t size;

	if (!hr_git_look(registry, id, &found, &size, err))
		return false;
	if (found != type)
		return fail_object(err, id, "is not of the type that it is used as");
	if (size > limit)
		return fail_object(err, id, "is larger than a catalogue may hold");
	if (fetch_loose(registry, id, type, size, arena, out, &cause))
		return true;
	if (cause.code == HR_E_NOT_FOUND)
		return fetch_packed(registry, id, type, size, arena, out, err);
	if (cause.code == HR_E_REGISTRY || cause.code == HR_E_LIMIT)
		return fail_object(err, id, "is damaged");
	*err = cause;
	return false;
}

bool hr_git_read(const hr_registry *registry, const git_oid *id, git_object_t type, size_t limit,
		 hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_str bytes;
	git_oid is;

	if (!hr_git_fetch(registry, id, type, limit, arena, &bytes, err))
		return false;
	if (git_odb_hash(&is, bytes.data, bytes.len, type) < 0)
		return fail_object(err, id, "cannot be hashed, or bears a SHA-1 collision");
	if (!git_oid_equal(&is, id))
		return fail_object(err, id, "does not have the content that its id promises");
	*out = bytes;
	return true;
}

/*
 * By a stream, not by git_odb_write: that one tries a second time when the
 * first fails, so that a failed fsync can end in "success".
 */
bool hr_git_write(const hr_registry *registry, git_object_t type, hr_str bytes, git_oid *out,
		  hr_error *err)
{
	HR_AUTO(git_odb_stream) stream = NULL;
	int code = git_odb_open_wstream(&stream, registry->odb, bytes.len, type);

	if (code == 0 && bytes.len)
		code = git_odb_stream_write(stream, bytes.data, bytes.len);
	if (code == 0)
		code = git_odb_stream_finalize_write(out, stream);
	return code < 0 ? hr_fail_git(err, code, "write an object") : true;
}

bool hr_git_newest(const hr_registry *registry, git_oid *out, bool *found, hr_error *err)
{
	HR_AUTO(git_reference) main = NULL;
	int code = git_reference_lookup(&main, registry->repo, HR_MAIN);

	*found = false;
	if (code == GIT_ENOTFOUND)
		return true;
	if (code < 0)
		return hr_fail_git(err, code, "read " HR_MAIN);
	if (git_reference_type(main) != GIT_REFERENCE_DIRECT)
		return hr_fail(err, HR_E_REGISTRY, HR_MAIN " is not a plain branch");
	git_oid_cpy(out, git_reference_target(main));
	*found = true;
	return true;
}
