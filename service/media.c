#include "service/media.h"

#include <strings.h>

bool hr_media_equal(hr_str type, hr_str other)
{
	return type.len == other.len &&
	       (type.len == 0 || strncasecmp(type.data, other.data, type.len) == 0);
}

bool hr_media_is_lines(hr_str type)
{
	return hr_media_equal(HR_STR("application/x-ndjson"), type) ||
	       hr_media_equal(HR_STR("application/ndjson"), type);
}

/* What stands in front of the next `parting`, which does not count between quotes. */
static hr_str next_item(hr_str *rest, char parting)
{
	bool quoted = false;
	size_t end = 0;
	hr_str item;

	for (; end < rest->len && (quoted || rest->data[end] != parting); end++) {
		if (rest->data[end] == '"')
			quoted = !quoted;
		else if (quoted && rest->data[end] == '\\')
			end++;
	}
	item = hr_str_slice(*rest, 0, end);
	*rest = hr_str_slice(*rest, end + 1, rest->len);
	return hr_str_trim(item);
}

hr_str hr_media_type(hr_str content_type)
{
	return hr_str_trim(hr_str_slice(content_type, 0, hr_str_find(content_type, HR_STR(";"))));
}

static hr_str unquoted(hr_str value)
{
	if (value.len < 2 || value.data[0] != '"' || value.data[value.len - 1] != '"')
		return value;
	return hr_str_slice(value, 1, value.len - 1);
}

hr_str hr_media_param(hr_str content_type, hr_str name)
{
	next_item(&content_type, ';');
	while (content_type.len) {
		hr_str value = next_item(&content_type, ';');
		hr_str key = next_item(&value, '=');

		if (hr_str_equal_nocase(key, name))
			return unquoted(hr_str_trim(value));
	}
	return HR_STR_NONE;
}

/* "0.8" as 800; more digits than three are not looked at. 1000 for what is no number. */
static int parse_weight(hr_str text)
{
	int weight = 0;
	int unit = 100;

	if (text.len == 0 || text.data[0] != '0')
		return 1000;
	for (size_t i = 2; i < text.len && unit; i++, unit /= 10) {
		if (text.data[i] < '0' || text.data[i] > '9')
			break;
		weight += (text.data[i] - '0') * unit;
	}
	return weight;
}

/* Behind a type; 1000 when there is none. */
static int weight_of(hr_str range)
{
	return parse_weight(hr_media_param(range, HR_STR("q")));
}

int hr_media_fit(hr_str range, hr_str type)
{
	hr_str front = hr_str_slice(type, 0, hr_str_find(type, HR_STR("/")) + 1);

	if (hr_media_equal(type, range))
		return 3;
	if (hr_str_equal(range, HR_STR("*/*")))
		return 1;
	return range.len == front.len + 1 && hr_str_ends_with(range, HR_STR("*")) &&
			       hr_media_equal(front, hr_str_slice(range, 0, front.len))
		       ? 2
		       : 0;
}

/* The weight that the closest range gives the type; 0 when none fits it. */
static int wanted(hr_str accept, hr_str type)
{
	int closest = 0;
	int weight = 0;

	while (accept.len) {
		hr_str range = next_item(&accept, ',');
		int close = hr_media_fit(hr_media_type(range), type);

		if (close <= closest)
			continue;
		closest = close;
		weight = weight_of(range);
	}
	return weight;
}

size_t hr_media_choose(hr_str accept, const hr_str *offered, size_t count)
{
	size_t best = 0;
	int most = 0;

	for (size_t i = 0; i < count; i++) {
		int weight = wanted(accept, offered[i]);

		if (weight > most) {
			most = weight;
			best = i;
		}
	}
	return best;
}

size_t hr_media_ranges(hr_str accept, hr_media_range out[HR_MEDIA_RANGES_MAX])
{
	size_t count = 0;

	while (accept.len && count < HR_MEDIA_RANGES_MAX) {
		hr_str range = next_item(&accept, ',');

		if (range.len)
			out[count++] = (hr_media_range){
				.type = hr_media_type(range),
				.part = hr_media_param(range, HR_STR("type")),
				.transfer_syntax = hr_media_param(range, HR_STR("transfer-syntax")),
				.weight = weight_of(range),
			};
	}
	return count;
}
