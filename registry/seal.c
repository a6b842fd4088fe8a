#include "registry/git.h"

static const hr_str label = HR_STR_INIT("Catalogue-SHA256:");

/* 4096 files, each a digest, two blanks, a path of four steps, and a line end. */
enum { MANIFEST_MAX = 4096 * (64 + 2 + 4 * 65) };

bool hr_seal_compute(const hr_fileset *files, hr_arena *arena, char out[HR_SHA256_TEXT],
		     hr_error *err)
{
	hr_digest digest;
	hr_buf manifest;

	hr_buf_init(&manifest, arena, MANIFEST_MAX);
	for (size_t i = 0; i < files->count; i++) {
		char text[HR_SHA256_TEXT];

		if (!hr_sha256(files->files[i].bytes, &digest, err))
			return false;
		hr_buf_add(&manifest, hr_digest_format(&digest, text));
		HR_BUF_ADD(&manifest, "  ");
		hr_buf_add(&manifest, files->files[i].name);
		hr_buf_add_char(&manifest, '\n');
	}
	if (manifest.failed)
		return hr_fail_memory(err);
	if (!hr_sha256(hr_buf_str(&manifest), &digest, err))
		return false;
	hr_digest_format(&digest, out);
	return true;
}

bool hr_seal_find(hr_str message, hr_str *body, hr_str *seal)
{
	hr_str rest = hr_str_trim(message);
	size_t line = rest.len;

	while (line > 0 && rest.data[line - 1] != '\n')
		line--;
	*body = rest;
	*seal = HR_STR_NONE;
	if (!hr_str_starts_with(hr_str_slice(rest, line, rest.len), label))
		return false;
	*body = hr_str_trim(hr_str_slice(rest, 0, line));
	*seal = hr_str_trim(hr_str_slice(rest, line + label.len, rest.len));
	return true;
}

void hr_seal_add(hr_str body, const char *seal, hr_buf *text)
{
	hr_buf_add(text, hr_str_trim(body));
	HR_BUF_ADD(text, "\n\n");
	hr_buf_add(text, label);
	hr_buf_add_char(text, ' ');
	hr_buf_add(text, hr_str_of(seal));
	hr_buf_add_char(text, '\n');
}
