#include "service/backup_seal.h"

#include "base/crypto.h"

bool hr_backup_fail(const char *path, hr_str name, const char *why, hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "backup '%s' is not put back: '%.*s' %s", path,
		       HR_STR_ARG(name), why);
}

bool hr_seal_format(hr_str manifest, hr_buf *out, hr_error *err)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;

	if (!hr_sha256(manifest, &digest, err))
		return false;
	hr_digest_format(&digest, text);
	hr_buf_addf(out, "%s  %.*s\n", text, HR_STR_ARG(HR_MANIFEST_NAME));
	return !out->failed || hr_fail_memory(err);
}

bool hr_seal_check(const char *path, hr_str manifest, hr_str seal, hr_arena *arena, hr_error *err)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_MANIFEST_BYTES_MAX);
	if (!hr_seal_format(manifest, &buf, err))
		return false;
	return hr_str_equal(seal, hr_buf_str(&buf)) ||
	       hr_backup_fail(path, HR_MANIFEST_NAME, "is damaged, or its digest is", err);
}

bool hr_manifest_read(const char *path, hr_str manifest, hr_str format, hr_arena *arena,
		      const hr_json **out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, manifest, arena, &root, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	*out = root;
	return hr_str_equal(hr_json_text(hr_json_get(root, HR_STR("format"))), format) ||
	       hr_backup_fail(path, HR_MANIFEST_NAME, "is not one of this version", err);
}
