#include "service/config.h"

#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_BYTES_MAX = 64 * 1024 };

/* Every setting: its key in the file, its variable in the environment, its place. */
static const struct setting {
	hr_str key;
	const char *variable;
	size_t offset;
} settings[] = {
	{ HR_STR_INIT("registry"), "HUREN_REGISTRY", offsetof(hr_config, registry) },
	{ HR_STR_INIT("local"), "HUREN_LOCAL", offsetof(hr_config, local) },
	{ HR_STR_INIT("receiver"), "HUREN_RECEIVER", offsetof(hr_config, receiver) },
	{ HR_STR_INIT("lang"), "HUREN_LANG", offsetof(hr_config, lang) },
	{ HR_STR_INIT("author"), "HUREN_AUTHOR", offsetof(hr_config, author) },
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static const char **slot(hr_config *config, const struct setting *setting)
{
	return (const char **)((char *)config + setting->offset);
}

static bool set(hr_config *config, hr_str key, hr_str value, hr_arena *arena, const char *path,
		uint32_t line, hr_error *err)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const char **place = slot(config, &settings[i]);

		if (!hr_str_equal(settings[i].key, key))
			continue;
		if (*place)
			return hr_fail(err, HR_E_USAGE, "%s:%u: '%.*s' stands twice", path, line,
				       HR_STR_ARG(key));
		*place = hr_str_terminated(arena, value);
		return *place || hr_fail_memory(err);
	}
	return hr_fail(err, HR_E_USAGE, "%s:%u: there is no setting '%.*s'", path, line,
		       HR_STR_ARG(key));
}

bool hr_config_parse(hr_str text, const char *path, hr_arena *arena, hr_config *out, hr_error *err)
{
	hr_config config = { .registry = NULL };

	for (uint32_t line = 1; text.len; line++) {
		size_t end = hr_str_find(text, HR_STR("\n"));
		hr_str row = hr_str_trim(hr_str_slice(text, 0, end));
		size_t at = hr_str_find(row, HR_STR("="));

		text = hr_str_slice(text, end + 1, text.len);
		if (row.len == 0 || row.data[0] == '#')
			continue;
		if (at == row.len)
			return hr_fail(err, HR_E_USAGE, "%s:%u: not of the form 'key = value'",
				       path, line);
		if (!set(&config, hr_str_trim(hr_str_slice(row, 0, at)),
			 hr_str_trim(hr_str_slice(row, at + 1, row.len)), arena, path, line, err))
			return false;
	}
	*out = config;
	return true;
}

/* The first of the places that exists; NULL when there is none. */
static const char *find_file(hr_arena *arena)
{
	const char *named = getenv("HUREN_CONFIG");
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	hr_buf buf;

	if (named)
		return named;
	hr_buf_init(&buf, arena, 4096);
	if (base && *base)
		hr_buf_addf(&buf, "%s/huren/huren.conf", base);
	else if (home && *home)
		hr_buf_addf(&buf, "%s/.config/huren/huren.conf", home);
	if (buf.len && !buf.failed && access(buf.data, F_OK) == 0)
		return buf.data;
	return access("/etc/huren/huren.conf", F_OK) == 0 ? "/etc/huren/huren.conf" : NULL;
}

bool hr_config_read(hr_arena *arena, hr_config *out, hr_error *err)
{
	const char *path = find_file(arena);
	hr_config config = { .registry = NULL };
	hr_str text;

	if (path && (!hr_file_read(path, CONFIG_BYTES_MAX, arena, &text, err) ||
		     !hr_config_parse(text, path, arena, &config, err)))
		return false;
	for (size_t i = 0; i < SETTINGS; i++) {
		const char *value = getenv(settings[i].variable);

		if (value && *value)
			*slot(&config, &settings[i]) = value;
	}
	*out = config;
	return true;
}
