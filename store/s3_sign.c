#include "store/s3_sign.h"

#include <stdlib.h>
#include <time.h>

enum { CANONICAL_MAX = 16 * 1024, QUERY_MAX = 8 * 1024 };

static bool is_plain(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

static void encode(hr_str s, bool slash_too, hr_buf *out)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_plain(s.data[i]) || (s.data[i] == '/' && !slash_too))
			hr_buf_add_char(out, s.data[i]);
		else
			hr_buf_addf(out, "%%%02X", (unsigned char)s.data[i]);
}

void hr_s3_format_path(hr_str path, hr_buf *out)
{
	encode(path, false, out);
}

static hr_str encoded(hr_str s, hr_arena *arena, bool *short_of_memory)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, QUERY_MAX);
	encode(s, true, &buf);
	*short_of_memory |= buf.failed;
	return hr_buf_str(&buf);
}

static int compare_pairs(const void *a, const void *b)
{
	const hr_s3_pair *x = a;
	const hr_s3_pair *y = b;
	int order = hr_str_compare(x->name, y->name);

	return order ? order : hr_str_compare(x->value, y->value);
}

bool hr_s3_format_query(hr_s3_pairs query, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_s3_pair *pairs = HR_NEW_N(arena, hr_s3_pair, query.count + 1);
	bool failed = false;
	hr_buf buf;

	if (!pairs)
		return hr_fail_memory(err);
	for (size_t i = 0; i < query.count; i++) {
		pairs[i].name = encoded(query.items[i].name, arena, &failed);
		pairs[i].value = encoded(query.items[i].value, arena, &failed);
	}
	/* By what is sent: encoded, a name may come elsewhere. */
	qsort(pairs, query.count, sizeof(*pairs), compare_pairs);
	hr_buf_init(&buf, arena, QUERY_MAX);
	for (size_t i = 0; i < query.count; i++) {
		if (i)
			HR_BUF_ADD(&buf, "&");
		hr_buf_add(&buf, pairs[i].name);
		HR_BUF_ADD(&buf, "=");
		hr_buf_add(&buf, pairs[i].value);
	}
	if (failed || buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

void hr_s3_format_time(int64_t second, char out[HR_S3_TIME])
{
	time_t at = second;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(out, HR_S3_TIME, "%Y%m%dT%H%M%SZ", &tm);
}

static void add_signed_names(const hr_s3_request *request, hr_buf *out)
{
	for (size_t i = 0; i < request->headers.count; i++) {
		if (i)
			HR_BUF_ADD(out, ";");
		hr_buf_add(out, request->headers.items[i].name);
	}
}

void hr_s3_format_canonical(const hr_s3_request *request, hr_buf *out)
{
	hr_buf_addf(out, "%.*s\n%.*s\n%.*s\n", HR_STR_ARG(request->method),
		    HR_STR_ARG(request->path), HR_STR_ARG(request->query));
	for (size_t i = 0; i < request->headers.count; i++)
		hr_buf_addf(out, "%.*s:%.*s\n", HR_STR_ARG(request->headers.items[i].name),
			    HR_STR_ARG(hr_str_trim(request->headers.items[i].value)));
	HR_BUF_ADD(out, "\n");
	add_signed_names(request, out);
	HR_BUF_ADD(out, "\n");
	hr_buf_add(out, request->payload);
}

static hr_str bytes_of(const hr_digest *digest)
{
	return (hr_str){ (const char *)digest->bytes, HR_SHA256_BYTES };
}

/* HMAC upon HMAC: of the day, the region, the service, and a last word. */
static bool derive_key(const hr_s3_key *key, hr_str day, hr_arena *arena, hr_digest *out,
		       hr_error *err)
{
	const hr_str parts[] = { day, key->region, HR_STR("s3"), HR_STR("aws4_request") };
	hr_digest derived;
	hr_str from;
	hr_buf buf;

	hr_buf_init(&buf, arena, CANONICAL_MAX);
	HR_BUF_ADD(&buf, "AWS4");
	hr_buf_add(&buf, key->secret);
	if (buf.failed)
		return hr_fail_memory(err);
	from = hr_buf_str(&buf);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!hr_hmac_sha256(from, parts[i], &derived, err))
			return false;
		*out = derived;
		from = bytes_of(out);
	}
	return true;
}

static bool sign_text(const hr_s3_key *key, hr_str day, hr_str text, hr_arena *arena,
		      char out[HR_SHA256_TEXT], hr_error *err)
{
	hr_digest derived;
	hr_digest signature;

	if (!derive_key(key, day, arena, &derived, err) ||
	    !hr_hmac_sha256(bytes_of(&derived), text, &signature, err))
		return false;
	hr_digest_format(&signature, out);
	return true;
}

bool hr_s3_sign(const hr_s3_key *key, const hr_s3_request *request, hr_arena *arena, hr_str *out,
		hr_error *err)
{
	hr_str day = hr_str_slice(request->time, 0, 8);
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_buf canonical;
	hr_buf to_sign;
	hr_buf field;

	hr_buf_init(&canonical, arena, CANONICAL_MAX);
	hr_s3_format_canonical(request, &canonical);
	if (canonical.failed)
		return hr_fail_memory(err);
	if (!hr_sha256(hr_buf_str(&canonical), &digest, err))
		return false;
	hr_buf_init(&to_sign, arena, CANONICAL_MAX);
	hr_buf_addf(&to_sign, "AWS4-HMAC-SHA256\n%.*s\n%.*s/%.*s/s3/aws4_request\n%s",
		    HR_STR_ARG(request->time), HR_STR_ARG(day), HR_STR_ARG(key->region),
		    hr_digest_format(&digest, text).data);
	if (to_sign.failed)
		return hr_fail_memory(err);
	if (!sign_text(key, day, hr_buf_str(&to_sign), arena, text, err))
		return false;
	hr_buf_init(&field, arena, CANONICAL_MAX);
	hr_buf_addf(&field, "AWS4-HMAC-SHA256 Credential=%.*s/%.*s/%.*s/s3/aws4_request,",
		    HR_STR_ARG(key->id), HR_STR_ARG(day), HR_STR_ARG(key->region));
	HR_BUF_ADD(&field, "SignedHeaders=");
	add_signed_names(request, &field);
	hr_buf_addf(&field, ",Signature=%s", text);
	if (field.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&field);
	return true;
}
