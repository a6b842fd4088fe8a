#include "service/config.h"

#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_BYTES_MAX = 64 * 1024 };

/* "huren.conf:3", "HUREN_LANG", "--lang", "default". */
static void add_origin(hr_buf *out, const hr_config *config, const hr_config_row *setting,
		       hr_config_origin origin)
{
	switch (origin.kind) {
	case HR_BY_DEFAULT:
		HR_BUF_ADD(out, "default");
		return;
	case HR_BY_FILE:
		hr_buf_addf(out, "%s:%u", config->path, origin.line);
		return;
	case HR_BY_VARIABLE:
		hr_buf_addf(out, "%s", setting->variable);
		return;
	case HR_BY_FLAG:
		hr_buf_addf(out, "--%.*s", HR_STR_ARG(setting->key));
		return;
	}
}

/* --- one value --- */

static bool parse_number(const hr_config_row *setting, hr_str value, int64_t *out)
{
	int64_t number = 0;

	if (value.len == 0)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		int digit = value.data[i] - '0';

		if (digit < 0 || digit > 9 || number > (INT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*out = number;
	return number >= setting->min && number <= setting->max;
}

static bool parse_yes_no(hr_str value, bool *out)
{
	*out = hr_str_equal(value, HR_STR("yes"));
	return *out || hr_str_equal(value, HR_STR("no"));
}

/* "en" of "zh|en". */
static bool is_choice(const hr_config_row *setting, hr_str value)
{
	hr_str rest = hr_str_of(setting->argument);

	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("|"));

		if (hr_str_equal(hr_str_slice(rest, 0, end), value))
			return true;
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return false;
}

static void add_wanted(hr_buf *out, const hr_config_row *setting)
{
	if (setting->kind == HR_CONFIG_NUMBER)
		hr_buf_addf(out, "a number from %lld to %lld", (long long)setting->min,
			    (long long)setting->max);
	else
		hr_buf_addf(out, "%s", setting->argument);
}

static bool fail_value(const hr_config *config, const hr_config_row *setting,
		       hr_config_origin origin, hr_error *err)
{
	char text[sizeof(err->message)];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	add_origin(&buf, config, setting, origin);
	hr_buf_addf(&buf, ": '%.*s' wants ", HR_STR_ARG(setting->key));
	add_wanted(&buf, setting);
	return hr_fail(err, HR_E_USAGE, "%.*s", HR_STR_ARG(hr_buf_str(&buf)));
}

static bool fail_twice(const hr_config *config, const hr_config_row *setting,
		       hr_config_origin origin, hr_error *err)
{
	if (origin.kind == HR_BY_FLAG)
		return hr_fail(err, HR_E_USAGE, "--%.*s is given twice", HR_STR_ARG(setting->key));
	return hr_fail(err, HR_E_USAGE, "%s:%u: '%.*s' stands twice", config->path, origin.line,
		       HR_STR_ARG(setting->key));
}

/* To `out`, of the type of the setting's kind. */
static bool parse_value(const hr_config_row *setting, hr_str value, hr_arena *arena, void *out)
{
	switch (setting->kind) {
	case HR_CONFIG_TEXT:
	case HR_CONFIG_CHOICE:
		*(const char **)out = hr_str_terminated(arena, value);
		return value.len > 0 &&
		       (setting->kind == HR_CONFIG_TEXT || is_choice(setting, value));
	case HR_CONFIG_NUMBER:
		return parse_number(setting, value, out);
	case HR_CONFIG_YES_NO:
		return parse_yes_no(value, out);
	}
	return false;
}

bool hr_config_set(hr_config *config, const hr_config_row *setting, hr_str value,
		   hr_config_origin origin, hr_arena *arena, hr_error *err)
{
	static const size_t sizes[] = {
		[HR_CONFIG_TEXT] = sizeof(const char *),
		[HR_CONFIG_CHOICE] = sizeof(const char *),
		[HR_CONFIG_NUMBER] = sizeof(int64_t),
		[HR_CONFIG_YES_NO] = sizeof(bool),
	};
	hr_config_origin *known = &config->origins[setting - hr_config_rows];
	const bool is_text = setting->kind == HR_CONFIG_TEXT || setting->kind == HR_CONFIG_CHOICE;
	union {
		const char *text;
		int64_t number;
		bool yes;
	} parsed = { .text = NULL };

	if (known->kind == origin.kind && origin.kind != HR_BY_DEFAULT)
		return fail_twice(config, setting, origin, err);
	if (!parse_value(setting, value, arena, &parsed))
		return fail_value(config, setting, origin, err);
	if (is_text && !parsed.text)
		return hr_fail_memory(err);
	memcpy((char *)config + setting->offset, &parsed, sizes[setting->kind]);
	*known = origin;
	return true;
}

/* --- a file --- */

static bool set_defaults(hr_config *config, hr_arena *arena, hr_error *err)
{
	const hr_config_origin origin = { .kind = HR_BY_DEFAULT };

	for (size_t i = 0; i < hr_config_row_count; i++)
		if (hr_config_rows[i].fallback &&
		    !hr_config_set(config, &hr_config_rows[i],
				   hr_str_of(hr_config_rows[i].fallback), origin, arena, err))
			return false;
	return true;
}

static bool set_row(hr_config *config, hr_str row, uint32_t line, hr_arena *arena, hr_error *err)
{
	size_t at = hr_str_find(row, HR_STR("="));
	hr_str key = hr_str_trim(hr_str_slice(row, 0, at));
	const hr_config_row *setting = hr_config_find(key);

	if (at == row.len)
		return hr_fail(err, HR_E_USAGE, "%s:%u: not of the form 'key = value'",
			       config->path, line);
	if (!setting)
		return hr_fail(
			err, HR_E_USAGE,
			"%s:%u: there is no setting '%.*s'; 'huren help settings' lists them",
			config->path, line, HR_STR_ARG(key));
	return hr_config_set(config, setting, hr_str_trim(hr_str_slice(row, at + 1, row.len)),
			     (hr_config_origin){ HR_BY_FILE, line }, arena, err);
}

bool hr_config_parse(hr_str text, const char *path, hr_arena *arena, hr_config *out, hr_error *err)
{
	hr_config config = { .path = path };

	if (!set_defaults(&config, arena, err))
		return false;
	for (uint32_t line = 1; text.len; line++) {
		size_t end = hr_str_find(text, HR_STR("\n"));
		hr_str row = hr_str_trim(hr_str_slice(text, 0, end));

		text = hr_str_slice(text, end + 1, text.len);
		if (row.len && row.data[0] != '#' && !set_row(&config, row, line, arena, err))
			return false;
	}
	*out = config;
	return true;
}

/* --- all together --- */

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
	hr_config config;
	hr_str text = HR_STR_NONE;

	if (path && !hr_file_read(path, CONFIG_BYTES_MAX, arena, &text, err))
		return false;
	if (!hr_config_parse(text, path, arena, &config, err))
		return false;
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const char *value = getenv(hr_config_rows[i].variable);

		if (value && *value &&
		    !hr_config_set(&config, &hr_config_rows[i], hr_str_of(value),
				   (hr_config_origin){ .kind = HR_BY_VARIABLE }, arena, err))
			return false;
	}
	*out = config;
	return true;
}

bool hr_config_is_flag(const hr_config *config, hr_str key)
{
	return config->origins[hr_config_find(key) - hr_config_rows].kind == HR_BY_FLAG;
}

/* --- showing --- */

static void add_value(hr_buf *out, const hr_config *config, const hr_config_row *setting)
{
	const void *value = (const char *)config + setting->offset;

	switch (setting->kind) {
	case HR_CONFIG_TEXT:
	case HR_CONFIG_CHOICE:
		hr_buf_add(out, hr_str_of(*(const char *const *)value));
		return;
	case HR_CONFIG_NUMBER:
		hr_buf_add_int(out, *(const int64_t *)value);
		return;
	case HR_CONFIG_YES_NO:
		hr_buf_add(out, *(const bool *)value ? HR_STR("yes") : HR_STR("no"));
		return;
	}
}

void hr_config_format(const hr_config *config, hr_buf *out)
{
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const hr_config_row *setting = &hr_config_rows[i];
		const hr_config_origin origin = config->origins[i];
		const bool is_set = origin.kind != HR_BY_DEFAULT || setting->fallback;

		HR_BUF_ADD(out, "# ");
		if (is_set)
			add_origin(out, config, setting, origin);
		else
			HR_BUF_ADD(out, "not set");
		hr_buf_addf(out, "\n%s%.*s = ", is_set ? "" : "#", HR_STR_ARG(setting->key));
		add_value(out, config, setting);
		HR_BUF_ADD(out, "\n");
	}
}
