#include "service/accept.h"

#include "service/media.h"

static const hr_str any = HR_STR_INIT("*/*");
static const hr_str related = HR_STR_INIT("multipart/related");

/* Names that clients use for a type that has another one. */
static hr_str usual(hr_str type)
{
	static const struct {
		hr_str alias;
		hr_str type;
	} rows[] = {
		{ HR_STR_INIT("image/jhc"), HR_STR_INIT("image/jphc") },
		{ HR_STR_INIT("image/jpx"), HR_STR_INIT("image/jp2") },
		{ HR_STR_INIT("image/x-jls"), HR_STR_INIT("image/jls") },
		{ HR_STR_INIT("image/dicom+rle"), HR_STR_INIT("image/dicom-rle") },
		{ HR_STR_INIT("image/x-dicom-rle"), HR_STR_INIT("image/dicom-rle") },
		{ HR_STR_INIT("image/dicom+jpeg"), HR_STR_INIT("image/jpeg") },
		{ HR_STR_INIT("image/jpg"), HR_STR_INIT("image/jpeg") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_media_equal(rows[i].alias, type))
			return rows[i].type;
	return type;
}

/* Of the type alone: 0 when it does not fit. */
static int fit_type(const hr_media_range *range, const hr_offer *offer)
{
	if (hr_str_equal(range->type, any))
		return 1;
	if (!offer->multipart)
		return hr_media_fit(usual(range->type), offer->type);
	if (!hr_media_fit(range->type, related))
		return 0;
	return range->part.len ? hr_media_fit(usual(range->part), offer->type) : 1;
}

/* 0 when it does not fit; more when the range means this offer among those that it fits. */
static int fit(const hr_media_range *range, const hr_offer *offer)
{
	const hr_str wanted = range->transfer_syntax;
	const bool is_vague = hr_str_equal(range->type, any) || hr_str_equal(range->part, any);
	int closeness = fit_type(range, offer);

	if (!closeness)
		return 0;
	if (!offer->transfer_syntax.len)
		return closeness * 2;
	if (hr_str_equal(wanted, HR_STR("*")))
		return closeness * 2 + offer->as_stored;
	if (wanted.len)
		return hr_str_equal(wanted, offer->transfer_syntax) ? closeness * 2 : 0;
	return offer->by_default || is_vague ? closeness * 2 + offer->by_default : 0;
}

/* Weight before closeness, closeness before order. */
static size_t choose(hr_str accept, const hr_offer *offers, size_t count)
{
	hr_media_range ranges[HR_MEDIA_RANGES_MAX];
	size_t range_count = hr_media_ranges(accept, ranges);
	size_t best = count;
	int most = 0;

	for (size_t i = 0; i < count; i++) {
		int closest = 0;
		int value = 0;

		for (size_t k = 0; k < range_count; k++) {
			int close = fit(&ranges[k], &offers[i]);

			if (close <= closest)
				continue;
			closest = close;
			value = ranges[k].weight ? ranges[k].weight * 16 + close : 0;
		}
		if (value > most) {
			most = value;
			best = i;
		}
	}
	return best;
}

/* The fields of that name are one list (RFC 9110 5.3). */
static hr_str joined_accept(const hr_http_request *request)
{
	const hr_str name = HR_STR("Accept");
	hr_str first = hr_http_header(request, name);
	hr_buf buf;

	hr_buf_init(&buf, request->arena, SIZE_MAX);
	for (size_t i = 0; i < request->header_count; i++) {
		if (!hr_str_equal_nocase(request->headers[i].name, name))
			continue;
		if (buf.len)
			HR_BUF_ADD(&buf, ",");
		hr_buf_add(&buf, request->headers[i].value);
	}
	return buf.failed || buf.len == first.len ? first : hr_buf_str(&buf);
}

size_t hr_accept_choose(const hr_http_request *request, const hr_offer *offers, size_t count)
{
	hr_str asked = hr_http_query(request, HR_STR("accept"));
	hr_str accept = joined_accept(request);
	size_t chosen = count;

	/* PS3.18 8.3.3.1: a wish in the query goes before the header, where it can be had. */
	if (asked.len)
		chosen = choose(asked, offers, count);
	if (chosen == count)
		chosen = choose(hr_str_trim(accept).len ? accept : any, offers, count);
	return chosen;
}

void hr_accept_format(const hr_offer *offers, size_t count, hr_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const hr_offer *o = &offers[i];

		if (i)
			HR_BUF_ADD(out, ", ");
		hr_buf_addf(out, o->multipart ? "multipart/related; type=\"%.*s\"" : "%.*s",
			    HR_STR_ARG(o->type));
		if (o->transfer_syntax.len)
			hr_buf_addf(out, "; transfer-syntax=%.*s", HR_STR_ARG(o->transfer_syntax));
	}
}

bool hr_accept_fail(const hr_offer *offers, size_t count, hr_error *err)
{
	char text[sizeof(err->message) - 40];
	hr_buf buf;
	size_t n = count;

	/* As many as there is room for. */
	do {
		hr_buf_init_over(&buf, text, sizeof(text));
		hr_accept_format(offers, n, &buf);
	} while (buf.failed && n--);
	return hr_fail(err, HR_E_NOT_ACCEPTABLE,
		       "none of what is accepted can be given: there is %.*s",
		       HR_STR_ARG(hr_buf_str(&buf)));
}
