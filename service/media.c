#include "service/media.h"

#include <strings.h>

bool hr_media_equal(hr_str type, hr_str other)
{
	return type.len == other.len &&
	       (type.len == 0 || strncasecmp(type.data, other.data, type.len) == 0);
}

hr_str hr_media_type(hr_str content_type)
{
	return hr_str_trim(hr_str_slice(content_type, 0, hr_str_find(content_type, HR_STR(";"))));
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

/* The `q` among the parameters of a range; 1000 when there is none. */
static int weight_of(hr_str range)
{
	for (;;) {
		size_t at = hr_str_find(range, HR_STR(";"));
		hr_str parameter;

		if (at == range.len)
			return 1000;
		range = hr_str_slice(range, at + 1, range.len);
		parameter = hr_media_type(range);
		if (parameter.len > 2 && (parameter.data[0] | 0x20) == 'q' &&
		    parameter.data[1] == '=')
			return parse_weight(hr_str_slice(parameter, 2, parameter.len));
	}
}

/* How closely a range fits a type: 3 the type itself, 2 "text", 1 any, 0 not at all. */
static int fit(hr_str range, hr_str offered)
{
	hr_str front = hr_str_slice(offered, 0, hr_str_find(offered, HR_STR("/")) + 1);

	if (hr_media_equal(offered, range))
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
		size_t end = hr_str_find(accept, HR_STR(","));
		hr_str range = hr_str_slice(accept, 0, end);
		int close = fit(hr_media_type(range), type);

		accept = hr_str_slice(accept, end + 1, accept.len);
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
