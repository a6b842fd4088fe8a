/*
 * An address that is taken is of a listed origin, is ASCII without anything
 * that a server or a proxy may read twice; and is never of another host than a
 * plain look at it says.
 */
#include "dicom/retrieve_url.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const hr_web_origin listed[] = {
	{ HR_STR_INIT("a.cn"), 443, false },
	{ HR_STR_INIT("127.0.0.1"), 8042, true },
};

static void check_taken(const hr_retrieve_url *url)
{
	hr_str plain = url->origin == &listed[0] ? HR_STR("https://a.cn")
						 : HR_STR("http://127.0.0.1:8042");

	assert(hr_str_equal_nocase(hr_str_slice(url->text, 0, plain.len), plain));
	assert(url->path.len && url->path.data[0] == '/');
	assert(hr_str_find(url->path, HR_STR("/../")) == url->path.len ||
	       hr_str_find(url->path, HR_STR("?")) < url->path.len);
	for (size_t i = 0; i < url->text.len; i++)
		assert(url->text.data[i] > ' ' && url->text.data[i] < 0x7F &&
		       !strchr("\\#\"<>^`{|}", url->text.data[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const hr_web_origins allowed = { listed, 2 };
	hr_str text = { (const char *)data, size };
	char memory[4096];
	hr_retrieve_url url;
	hr_web_origin origin;
	hr_error err = { 0 };
	hr_buf buf;

	if (hr_retrieve_url_check(text, allowed, &url, &err))
		check_taken(&url);
	else
		assert(err.code == HR_E_SYNTAX || err.code == HR_E_FORBIDDEN);
	(void)hr_web_origin_parse(text, &origin, &err);
	hr_buf_init_over(&buf, memory, sizeof(memory));
	if (hr_retrieve_url_series(text, HR_STR("1.2"), HR_STR("1.2.3"), HR_STR("4"), &buf, &err))
		assert(buf.failed || hr_str_ends_with(hr_buf_str(&buf), HR_STR("/instances/4")));
	return 0;
}
