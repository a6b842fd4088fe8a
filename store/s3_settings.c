/* Where an S3 server is and who we are to it, from the environment. */
#include "store/s3.h"

#include "base/file.h"

#include <stdlib.h>

enum { FILE_BYTES_MAX = 64 * 1024, URL_BYTES_MAX = 256 };

static const char *variable(const char *name, const char *or_name)
{
	const char *value = getenv(name);

	if ((!value || !*value) && or_name)
		value = getenv(or_name);
	return value && *value ? value : NULL;
}

/* A `key = value` line of the section that is wanted. */
static bool take_line(hr_str line, hr_arena *arena, hr_s3_settings *out)
{
	const struct {
		hr_str name;
		const char **value;
	} rows[] = { { HR_STR("aws_access_key_id"), &out->key_id },
		     { HR_STR("aws_secret_access_key"), &out->secret },
		     { HR_STR("aws_session_token"), &out->token } };
	size_t equals = hr_str_find(line, HR_STR("="));
	hr_str name = hr_str_trim(hr_str_slice(line, 0, equals));

	for (size_t i = 0; equals < line.len && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!hr_str_equal(name, rows[i].name))
			continue;
		*rows[i].value = hr_str_terminated(
			arena, hr_str_trim(hr_str_slice(line, equals + 1, line.len)));
		return *rows[i].value;
	}
	return true;
}

static bool read_credentials(const char *path, hr_str section, hr_arena *arena, hr_s3_settings *out,
			     hr_error *err)
{
	bool within = false;
	hr_str rest;

	if (!hr_file_read(path, FILE_BYTES_MAX, arena, &rest, err))
		return false;
	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_trim(hr_str_slice(rest, 0, end));

		rest = hr_str_slice(rest, end < rest.len ? end + 1 : end, rest.len);
		if (line.len > 2 && line.data[0] == '[')
			within = hr_str_equal(hr_str_trim(hr_str_slice(line, 1, line.len - 1)),
					      section);
		else if (within && !take_line(line, arena, out))
			return hr_fail_memory(err);
	}
	return true;
}

static bool read_key(hr_arena *arena, hr_s3_settings *out, hr_error *err)
{
	const char *path = variable("AWS_SHARED_CREDENTIALS_FILE", NULL);
	const char *section = variable("AWS_PROFILE", NULL);

	out->key_id = variable("AWS_ACCESS_KEY_ID", NULL);
	out->secret = variable("AWS_SECRET_ACCESS_KEY", NULL);
	out->token = variable("AWS_SESSION_TOKEN", NULL);
	if (!out->key_id && path &&
	    !read_credentials(path, hr_str_of(section ? section : "default"), arena, out, err))
		return false;
	if (!out->key_id || !out->secret)
		return hr_fail(err, HR_E_USAGE,
			       "there is no access key for S3: set AWS_ACCESS_KEY_ID and "
			       "AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE");
	return true;
}

bool hr_s3_settings_read(hr_arena *arena, hr_s3_settings *out, hr_error *err)
{
	hr_s3_settings settings = { 0 };
	hr_buf endpoint;

	settings.region = variable("AWS_REGION", "AWS_DEFAULT_REGION");
	if (!settings.region)
		settings.region = "us-east-1";
	settings.endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
	settings.ca_file = variable("AWS_CA_BUNDLE", NULL);
	if (!settings.endpoint) {
		hr_buf_init(&endpoint, arena, URL_BYTES_MAX);
		hr_buf_addf(&endpoint, "https://s3.%s.amazonaws.com", settings.region);
		settings.endpoint =
			endpoint.failed ? NULL : hr_str_terminated(arena, hr_buf_str(&endpoint));
		if (!settings.endpoint)
			return hr_fail_memory(err);
	}
	if (!read_key(arena, &settings, err))
		return false;
	*out = settings;
	return true;
}
