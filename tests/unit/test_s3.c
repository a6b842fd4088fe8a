/* What is signed and what is read, without a network. */
#include "store/s3_answer.h"
#include "store/s3_sign.h"

#include "store/s3.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Of AWS's examples, all of which are of one moment and one key. */
static const hr_s3_key example_key = {
	.id = HR_STR_INIT("AKIAIOSFODNN7EXAMPLE"),
	.secret = HR_STR_INIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
	.region = HR_STR_INIT("us-east-1"),
};

#define PAIR(n, v)                                                                                 \
	{                                                                                          \
		HR_STR_INIT(n), HR_STR_INIT(v)                                                     \
	}
#define HOST PAIR("host", "examplebucket.s3.amazonaws.com")
#define DATE PAIR("x-amz-date", "20130524T000000Z")

struct example {
	const char *method;
	const char *path;
	hr_s3_pair query[3];
	size_t query_count;
	hr_s3_pair headers[6];
	size_t header_count;
	const char *payload;
	const char *canonical_digest; /* of its string to sign; NULL: not printed there */
	const char *signature;
};

/*
 * AWS, "Signature Calculations for the Authorization Header: Transferring
 * Payload in a Single Chunk (AWS Signature Version 4)", its four examples: GET
 * Object, PUT Object, GET Bucket Lifecycle, Get Bucket (List Objects).
 */
static const struct example examples[] = {
	{ .method = "GET",
	  .path = "/test.txt",
	  .headers = { HOST, PAIR("range", "bytes=0-9"), PAIR("x-amz-content-sha256", EMPTY),
		       DATE },
	  .header_count = 4,
	  .payload = EMPTY,
	  .canonical_digest = "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
	  .signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ .method = "PUT",
	  .path = "/test$file.text",
	  .headers = { PAIR("date", "Fri, 24 May 2013 00:00:00 GMT"), HOST,
		       PAIR("x-amz-content-sha256",
			    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
		       DATE, PAIR("x-amz-storage-class", "REDUCED_REDUNDANCY") },
	  .header_count = 5,
	  .payload = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
	  .canonical_digest = "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
	  .signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ .method = "GET",
	  .path = "/",
	  .query = { PAIR("lifecycle", "") },
	  .query_count = 1,
	  .headers = { HOST, PAIR("x-amz-content-sha256", EMPTY), DATE },
	  .header_count = 3,
	  .payload = EMPTY,
	  .signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ .method = "GET",
	  .path = "/",
	  .query = { PAIR("prefix", "J"), PAIR("max-keys", "2") },
	  .query_count = 2,
	  .headers = { HOST, PAIR("x-amz-content-sha256", EMPTY), DATE },
	  .header_count = 3,
	  .payload = EMPTY,
	  .signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static hr_s3_request request_of(const struct example *e, hr_arena *arena)
{
	hr_s3_request request = {
		.method = hr_str_of(e->method),
		.headers = { e->headers, e->header_count },
		.payload = hr_str_of(e->payload),
		.time = HR_STR("20130524T000000Z"),
	};
	hr_error err;
	hr_buf path;

	hr_buf_init(&path, arena, 100);
	hr_s3_format_path(hr_str_of(e->path), &path);
	request.path = hr_buf_str(&path);
	HR_ASSERT_OK(hr_s3_format_query((hr_s3_pairs){ e->query, e->query_count }, arena,
					&request.query, &err),
		     err);
	return request;
}

static void check_canonical(const struct example *e, const hr_s3_request *request, hr_arena *arena)
{
	char digits[HR_SHA256_TEXT];
	hr_digest digest;
	hr_buf canonical;
	hr_error err;

	if (!e->canonical_digest)
		return;
	hr_buf_init(&canonical, arena, 4000);
	hr_s3_format_canonical(request, &canonical);
	HR_ASSERT_OK(hr_sha256(hr_buf_str(&canonical), &digest, &err), err);
	HR_ASSERT_TEXT(hr_digest_format(&digest, digits), e->canonical_digest);
}

static void test_sign__published_examples__have_their_signatures(void)
{
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];
		hr_s3_request request = request_of(e, arena);
		hr_str field;
		hr_error err;

		check_canonical(e, &request, arena);
		HR_ASSERT_OK(hr_s3_sign(&example_key, &request, arena, &field, &err), err);
		CU_ASSERT_TRUE(hr_str_starts_with(
			field, HR_STR("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/"
				      "us-east-1/s3/aws4_request,SignedHeaders=")));
		HR_ASSERT_TEXT(hr_str_slice(field, field.len - 64, field.len), e->signature);
		CU_ASSERT_TRUE(hr_str_find(field, example_key.secret) == field.len);
	}
	hr_arena_close(arena);
}

static void test_query__unsorted_and_strange__is_sorted_as_it_is_sent(void)
{
	static const hr_s3_pair query[] = {
		PAIR("b", "2"),	 PAIR("a", "x y"), PAIR("a!", "'"),  PAIR("a", "1+1=2&3"),
		PAIR("A", "/~"), PAIR("张", "\n"), PAIR("a-b", "*"), PAIR("a", ""),
	};
	hr_arena *arena = hr_test_arena();
	hr_str text;
	hr_error err;

	HR_ASSERT_OK(hr_s3_format_query((hr_s3_pairs){ query, 8 }, arena, &text, &err), err);
	HR_ASSERT_TEXT(text,
		       "%E5%BC%A0=%0A&A=%2F~&a=&a=1%2B1%3D2%263&a=x%20y&a%21=%27&a-b=%2A&b=2");
	HR_ASSERT_OK(hr_s3_format_query((hr_s3_pairs){ query, 0 }, arena, &text, &err), err);
	HR_ASSERT_TEXT(text, "");
	hr_arena_close(arena);
}

static void test_path__strange__is_encoded_once(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf path;

	hr_buf_init(&path, arena, 400);
	hr_s3_format_path(HR_STR("/b/a b/%41/été/~x_y-z.(1)"), &path);
	HR_ASSERT_TEXT(hr_buf_str(&path), "/b/a%20b/%2541/%C3%A9t%C3%A9/~x_y-z.%281%29");
	hr_arena_close(arena);
}

static void test_time__is_utc(void)
{
	char text[HR_S3_TIME];

	hr_s3_format_time(1369353600, text);
	HR_ASSERT_TEXT(hr_str_of(text), "20130524T000000Z");
	hr_s3_format_time(0, text);
	HR_ASSERT_TEXT(hr_str_of(text), "19700101T000000Z");
}

static void test_code__of_an_error__is_read_or_nothing(void)
{
	static const struct {
		const char *body;
		const char *code;
	} bodies[] = {
		{ "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>", "NoSuchKey" },
		{ "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>A.b1</Code></Error>",
		  "A.b1" },
		{ "<Error><Code>a b</Code></Error>", "" },
		{ "<Error><Code>secret\nline</Code></Error>", "" },
		{ "<Error></Error>", "" },
		{ "<Other><Code>NoSuchKey</Code></Other>", "" },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]><Error><Code>NoSuchKey</Code></Error>", "" },
		{ "<html>502 Bad Gateway", "" },
		{ "", "" },
	};
	hr_arena *arena = hr_test_arena();
	char code[HR_S3_CODE];
	hr_error err;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		HR_ASSERT_OK(hr_s3_read_code(hr_str_of(bodies[i].body), arena, code, &err), err);
		HR_ASSERT_TEXT(hr_str_of(code), bodies[i].code);
	}
	hr_arena_close(arena);
}

static void test_code__of_64_letters__is_the_longest(void)
{
	hr_arena *arena = hr_test_arena();
	char code[HR_S3_CODE];
	hr_error err;

	for (int n = 64; n <= 65; n++) {
		hr_buf body;

		hr_buf_init(&body, arena, 4000);
		hr_buf_addf(&body, "<Error><Code>%0*d</Code></Error>", n, 1);
		HR_ASSERT_OK(hr_s3_read_code(hr_buf_str(&body), arena, code, &err), err);
		CU_ASSERT_EQUAL(strlen(code), n == 64 ? 64 : 0);
	}
	hr_arena_close(arena);
}

#define PAGE(inner)                                                                                \
	"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>" inner \
	"</ListBucketResult>"
#define ENTRY(key, size)                                                                           \
	"<Contents><Key>" key "</Key><ETag>\"0\"</ETag><Size>" size "</Size></Contents>"

static void test_page__of_a_list__is_read(void)
{
	hr_arena *arena = hr_test_arena();
	hr_s3_page page;
	hr_error err;

	HR_ASSERT_OK(
		hr_s3_read_page(
			HR_STR(PAGE("<IsTruncated>true</IsTruncated>"
				    "<NextContinuationToken>a&amp;b</NextContinuationToken>" ENTRY(
					    "x", "0") ENTRY("y/z", "999999999999999999"))),
			arena, &page, &err),
		err);
	CU_ASSERT_EQUAL_FATAL(page.count, 2);
	HR_ASSERT_TEXT(page.next, "a&b");
	HR_ASSERT_TEXT(page.entries[1].key, "y/z");
	CU_ASSERT_EQUAL(page.entries[1].size, 999999999999999999);
	HR_ASSERT_OK(
		hr_s3_read_page(HR_STR(PAGE("<IsTruncated>false</IsTruncated>"
					    "<NextContinuationToken>a</NextContinuationToken>")),
				arena, &page, &err),
		err);
	CU_ASSERT_EQUAL(page.count, 0);
	CU_ASSERT_EQUAL(page.next.len, 0);
	hr_arena_close(arena);
}

static void test_page__hostile__is_refused(void)
{
	static const char *const bodies[] = {
		"",
		"not xml",
		"<Error><Code>x</Code></Error>",
		PAGE("<IsTruncated>true</IsTruncated>"),
		PAGE("<Contents><Key>x</Key></Contents>"),
		PAGE("<Contents><Size>1</Size></Contents>"),
		PAGE(ENTRY("x", "")),
		PAGE(ENTRY("x", "-1")),
		PAGE(ENTRY("x", "1e9")),
		PAGE(ENTRY("x", "1000000000000000000")),
		PAGE(ENTRY("", "1")),
		"<!DOCTYPE a>" PAGE(""),
	};
	hr_arena *arena = hr_test_arena();
	hr_s3_page page;
	hr_error err;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		CU_ASSERT_FALSE(hr_s3_read_page(hr_str_of(bodies[i]), arena, &page, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_IO);
	}
	hr_arena_close(arena);
}

/* --- settings --- */

static const char *const variables[] = {
	"AWS_ENDPOINT_URL_S3",	       "AWS_ENDPOINT_URL",  "AWS_REGION",
	"AWS_DEFAULT_REGION",	       "AWS_CA_BUNDLE",	    "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",       "AWS_SESSION_TOKEN", "AWS_PROFILE",
	"AWS_SHARED_CREDENTIALS_FILE",
};

static void forget_variables(void)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
}

static void test_settings__of_the_environment__are_read(void)
{
	hr_arena *arena = hr_test_arena();
	hr_s3_settings s = { .region = "untouched" };
	hr_error err;

	forget_variables();
	CU_ASSERT_FALSE(hr_s3_settings_read(arena, &s, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	HR_ASSERT_TEXT(hr_str_of(s.region), "untouched");
	setenv("AWS_ACCESS_KEY_ID", "a:b", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "c", 1);
	HR_ASSERT_OK(hr_s3_settings_read(arena, &s, &err), err);
	HR_ASSERT_TEXT(hr_str_of(s.key_id), "a:b");
	HR_ASSERT_TEXT(hr_str_of(s.region), "us-east-1");
	HR_ASSERT_TEXT(hr_str_of(s.endpoint), "https://s3.us-east-1.amazonaws.com");
	CU_ASSERT_PTR_NULL(s.token);
	setenv("AWS_DEFAULT_REGION", "cn-north-1", 1);
	setenv("AWS_ENDPOINT_URL", "https://s3.example.org", 1);
	HR_ASSERT_OK(hr_s3_settings_read(arena, &s, &err), err);
	HR_ASSERT_TEXT(hr_str_of(s.region), "cn-north-1");
	HR_ASSERT_TEXT(hr_str_of(s.endpoint), "https://s3.example.org");
	forget_variables();
	hr_arena_close(arena);
}

static void test_settings__of_a_file__are_those_of_the_profile(void)
{
	hr_arena *arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	hr_s3_settings s;
	hr_error err;
	hr_buf path;

	hr_test_write(folder, "key",
		      "# comment\naws_access_key_id = none\n[default]\naws_access_key_id = one\n"
		      "aws_secret_access_key=two/=\nother = x\n[room]\naws_access_key_id=three\n"
		      "aws_secret_access_key = four\naws_session_token=five");
	hr_buf_init(&path, arena, 4000);
	hr_buf_addf(&path, "%s/key", folder);
	forget_variables();
	setenv("AWS_SHARED_CREDENTIALS_FILE", path.data, 1);
	HR_ASSERT_OK(hr_s3_settings_read(arena, &s, &err), err);
	HR_ASSERT_TEXT(hr_str_of(s.key_id), "one");
	HR_ASSERT_TEXT(hr_str_of(s.secret), "two/=");
	CU_ASSERT_PTR_NULL(s.token);
	setenv("AWS_PROFILE", "room", 1);
	HR_ASSERT_OK(hr_s3_settings_read(arena, &s, &err), err);
	HR_ASSERT_TEXT(hr_str_of(s.key_id), "three");
	HR_ASSERT_TEXT(hr_str_of(s.token), "five");
	setenv("AWS_PROFILE", "absent", 1);
	CU_ASSERT_FALSE(hr_s3_settings_read(arena, &s, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	forget_variables();
	hr_arena_close(arena);
}

/* Port 9 of this machine: nobody is there, which does not hold an opening up. */
static void test_open__urls_and_endpoints__only_safe_ones(void)
{
	static const struct {
		const char *url;
		const char *endpoint;
		bool good;
	} rows[] = {
		{ "s3://bucket", "http://127.0.0.1:9", true },
		{ "s3://bucket/", "http://127.0.0.1:9/", true },
		{ "s3://b.c-1/a/b.c/", "http://localhost:9", true },
		{ "s3://bucket/a", "http://[::1]:9", true },
		{ "s3://bucket", "http://192.0.2.1", false },
		{ "s3://bucket", "http://127.0.0.1.example.org", false },
		{ "s3://bucket", "http://127.0.0.1:9@example.org", false },
		{ "s3://bucket", "http://localhost.example.org", false },
		{ "s3://bucket", "https://a:b@127.0.0.1", false },
		{ "s3://bucket", "https://127.0.0.1/path", false },
		{ "s3://bucket", "https://", false },
		{ "s3://bucket", "ftp://127.0.0.1", false },
		{ "s3://bucket", "", false },
		{ "s3://", "http://127.0.0.1:9", false },
		{ "s3://bu", "http://127.0.0.1:9", false },
		{ "s3://BUCKET", "http://127.0.0.1:9", false },
		{ "s3://bucket//a", "http://127.0.0.1:9", false },
		{ "s3://bucket/../a", "http://127.0.0.1:9", false },
		{ "s3://bucket/a//", "http://127.0.0.1:9", false },
		{ "s3://bucket/a?b", "http://127.0.0.1:9", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		hr_s3_settings settings = { .endpoint = rows[i].endpoint,
					    .region = "us-east-1",
					    .key_id = "a",
					    .secret = "b" };
		hr_error err = { 0 };
		hr_s3 *s3;
		bool good = hr_s3_open(rows[i].url, &settings, arena, &s3, &err);

		CU_ASSERT_EQUAL(good, rows[i].good);
		if (good != rows[i].good)
			fprintf(stderr, "%s %s: %s\n", rows[i].url, rows[i].endpoint, err.message);
		if (good)
			hr_s3_close(s3);
		else
			CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
		hr_arena_close(arena);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_sign__published_examples__have_their_signatures),
	HR_TEST(test_query__unsorted_and_strange__is_sorted_as_it_is_sent),
	HR_TEST(test_path__strange__is_encoded_once),
	HR_TEST(test_time__is_utc),
	HR_TEST(test_code__of_an_error__is_read_or_nothing),
	HR_TEST(test_code__of_64_letters__is_the_longest),
	HR_TEST(test_page__of_a_list__is_read),
	HR_TEST(test_page__hostile__is_refused),
	HR_TEST(test_settings__of_the_environment__are_read),
	HR_TEST(test_settings__of_a_file__are_those_of_the_profile),
	HR_TEST(test_open__urls_and_endpoints__only_safe_ones),
};
HR_TEST_MAIN("s3", tests)
