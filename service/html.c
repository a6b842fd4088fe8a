#include "service/html.h"

#include "base/utf8.h"

#include <assert.h>

/* --- text --- */

static void add_char(hr_buf *out, uint32_t c, hr_str bytes)
{
	switch (c) {
	case '&':
		HR_BUF_ADD(out, "&amp;");
		return;
	case '<':
		HR_BUF_ADD(out, "&lt;");
		return;
	case '>':
		HR_BUF_ADD(out, "&gt;");
		return;
	case '"':
		HR_BUF_ADD(out, "&quot;");
		return;
	case '\'':
		HR_BUF_ADD(out, "&#39;");
		return;
	default:
		/* Control characters are an error in HTML, however they are written. */
		if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
			HR_BUF_ADD(out, "\xef\xbf\xbd");
		else
			hr_buf_add(out, bytes);
	}
}

static void add_escaped(hr_buf *out, hr_str text)
{
	while (text.len) {
		uint32_t c = 0;
		size_t len = hr_utf8_read(text, &c);

		if (len)
			add_char(out, c, hr_str_slice(text, 0, len));
		else
			HR_BUF_ADD(out, "\xef\xbf\xbd");
		text = hr_str_slice(text, len ? len : 1, text.len);
	}
}

hr_str hr_html_url_part(hr_arena *arena, hr_str text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	hr_buf out;

	hr_buf_init(&out, arena, 3 * text.len + 2);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] && strchr(plain, text.data[i]))
			hr_buf_add_char(&out, text.data[i]);
		else
			hr_buf_addf(&out, "%%%02X", (unsigned char)text.data[i]);
	}
	return out.failed ? HR_STR_NONE : hr_buf_str(&out);
}

/* --- templates --- */

/* What stands in front of `mark`, which is cut off with it; false when it does not occur. */
static bool take_to(hr_str *rest, hr_str mark, hr_str *out)
{
	size_t at = hr_str_find(*rest, mark);

	*out = hr_str_slice(*rest, 0, at);
	if (at == rest->len)
		return false;
	*rest = hr_str_slice(*rest, at + mark.len, rest->len);
	return true;
}

static hr_str find_piece(const hr_html *html, hr_str name)
{
	hr_str rest = html->file;
	hr_str piece;
	hr_str head;

	while (take_to(&rest, HR_STR("<!-- piece "), &head)) {
		bool whole = take_to(&rest, HR_STR(" -->\n"), &head);

		assert(whole);
		if (!hr_str_equal(head, name))
			continue;
		take_to(&rest, HR_STR("<!-- piece "), &piece);
		return piece;
	}
	assert(!"a piece of that name");
	return HR_STR_NONE;
}

static hr_str find_value(hr_str name, const hr_html_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(values[i].name, name))
			return values[i].text;
	assert(!"a value of that name");
	return HR_STR_NONE;
}

static void add_words(const hr_html *html, hr_str words)
{
	hr_str zh;
	bool both = take_to(&words, HR_STR("|"), &zh);

	assert(both);
	hr_buf_add(html->out, html->lang == HR_LANG_ZH ? zh : words);
}

/* What stands between the brackets at the front of `*rest`, and goes. */
static hr_str take_inner(hr_str *rest, hr_str closing)
{
	hr_str inner;
	bool closed;

	*rest = hr_str_slice(*rest, 2, rest->len);
	closed = take_to(rest, closing, &inner);
	assert(closed);
	return inner;
}

void hr_html_put(const hr_html *html, hr_str piece, const hr_html_value *values, size_t count)
{
	hr_str rest = find_piece(html, piece);

	for (;;) {
		size_t value = hr_str_find(rest, HR_STR("{{"));
		size_t words = hr_str_find(rest, HR_STR("[["));
		size_t at = value < words ? value : words;
		hr_str plain = hr_str_slice(rest, 0, at);

		hr_buf_add(html->out, plain);
		rest = hr_str_slice(rest, at, rest.len);
		if (rest.len == 0)
			return;
		if (words < value) {
			add_words(html, take_inner(&rest, HR_STR("]]")));
			continue;
		}
		/* An attribute without quotes would end at a blank of the value. */
		assert(!hr_str_ends_with(plain, HR_STR("=")));
		add_escaped(html->out, find_value(take_inner(&rest, HR_STR("}}")), values, count));
	}
}

void hr_html_add(const hr_html *html, hr_str piece)
{
	hr_html_put(html, piece, NULL, 0);
}
