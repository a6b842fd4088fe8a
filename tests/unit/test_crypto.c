#include "base/crypto.h"

#include "testing.h"

static void assert_sha256_in_pieces(hr_str data, const char *want)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_error err;
	hr_sha256_run *run = hr_sha256_begin(&err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(run);
	for (size_t at = 0, step = 1; at < data.len; at += step, step *= 3) {
		size_t end = step < data.len - at ? at + step : data.len;

		HR_ASSERT_OK(hr_sha256_add(run, hr_str_slice(data, at, end), &err), err);
	}
	HR_ASSERT_OK(hr_sha256_add(run, HR_STR_NONE, &err), err);
	HR_ASSERT_OK(hr_sha256_end(run, &digest, &err), err);
	HR_ASSERT_TEXT(hr_digest_format(&digest, text), want);
}

static void assert_sha256(hr_str data, const char *want)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_error err;

	HR_ASSERT_OK(hr_sha256(data, &digest, &err), err);
	HR_ASSERT_TEXT(hr_digest_format(&digest, text), want);
	CU_ASSERT_EQUAL(text[HR_SHA256_TEXT - 1], '\0');
	assert_sha256_in_pieces(data, want);
}

/* The examples of FIPS 180. */
static void test_sha256__examples_of_the_standard__match(void)
{
	hr_arena *arena = hr_test_arena();
	char *million = hr_arena_alloc_text(arena, 1000000);

	memset(million, 'a', 1000000);
	assert_sha256(HR_STR("abc"),
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_sha256(HR_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_sha256((hr_str){ million, 1000000 },
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	hr_arena_close(arena);
}

static void test_sha256__nothing__has_its_digest_too(void)
{
	static const char want[] =
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	assert_sha256(HR_STR(""), want);
	assert_sha256(HR_STR_NONE, want);
}

/* A run of `count` times `byte`; an example's key or data when `text` is not set. */
struct bytes {
	hr_str text;
	unsigned char byte;
	size_t count;
};

static hr_str make(hr_arena *arena, struct bytes b)
{
	char *run;

	if (b.text.data)
		return b.text;
	run = hr_arena_alloc_text(arena, b.count + 1);
	memset(run, b.byte, b.count);
	return (hr_str){ run, b.count };
}

/* RFC 4231, 4.2 to 4.8; of 4.6 only the first 128 bits are given there. */
static void test_hmac__examples_of_the_standard__match(void)
{
	static const struct {
		struct bytes key;
		struct bytes data;
		const char *want;
	} rows[] = {
		{ { .byte = 0x0b, .count = 20 },
		  { HR_STR_INIT("Hi There"), 0, 0 },
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ { HR_STR_INIT("Jefe"), 0, 0 },
		  { HR_STR_INIT("what do ya want for nothing?"), 0, 0 },
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ { .byte = 0xaa, .count = 20 },
		  { .byte = 0xdd, .count = 50 },
		  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ { HR_STR_INIT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
				"\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
		    0, 0 },
		  { .byte = 0xcd, .count = 50 },
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ { .byte = 0x0c, .count = 20 },
		  { HR_STR_INIT("Test With Truncation"), 0, 0 },
		  "a3b6167473100ee06e0c796c2955552b" },
		{ { .byte = 0xaa, .count = 131 },
		  { HR_STR_INIT("Test Using Larger Than Block-Size Key - Hash Key First"), 0, 0 },
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ { .byte = 0xaa, .count = 131 },
		  { HR_STR_INIT("This is a test using a larger than block-size key and a larger "
				"than block-size data. The key needs to be hashed before being "
				"used by the HMAC algorithm."),
		    0, 0 },
		  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[HR_SHA256_TEXT];
		hr_digest digest;
		hr_error err;

		HR_ASSERT_OK(hr_hmac_sha256(make(arena, rows[i].key), make(arena, rows[i].data),
					    &digest, &err),
			     err);
		HR_ASSERT_TEXT(
			hr_str_slice(hr_digest_format(&digest, text), 0, strlen(rows[i].want)),
			rows[i].want);
	}
	hr_arena_close(arena);
}

static void test_hmac__no_key_and_no_data__has_its_digest_too(void)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;
	hr_error err;

	HR_ASSERT_OK(hr_hmac_sha256(HR_STR_NONE, HR_STR_NONE, &digest, &err), err);
	HR_ASSERT_TEXT(hr_digest_format(&digest, text),
		       "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 7914, section 12, as far as a digest goes; and one of N = 2^15 by another program. */
static void test_scrypt__examples_of_the_standard__match(void)
{
	static const struct {
		const char *word;
		const char *salt;
		unsigned log2_n;
		const char *digest;
	} cases[] = {
		{ "pleaseletmein", "SodiumChloride", 14,
		  "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" },
		{ "1234", "salt", 15,
		  "6d5ff8d29d2957193b5ad59e5e7d0a8dc653cc509b1872f2d51993d5e648d405" },
	};
	char text[HR_SHA256_TEXT];
	hr_digest digest = { { 0 } };
	hr_error err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_ASSERT_OK(hr_scrypt(hr_str_of(cases[i].word), hr_str_of(cases[i].salt),
				       cases[i].log2_n, &digest, &err),
			     err);
		HR_ASSERT_TEXT(hr_digest_format(&digest, text), cases[i].digest);
	}
	HR_ASSERT_OK(hr_scrypt(HR_STR_NONE, HR_STR_NONE, 4, &digest, &err), err);
}

static void test_digest__any_bit_different__is_not_equal(void)
{
	hr_digest a = { { 0 } };
	hr_digest b = { { 0 } };

	CU_ASSERT_TRUE(hr_digest_equal(&a, &b));
	for (size_t bit = 0; bit < HR_SHA256_BYTES * 8; bit++) {
		b.bytes[bit / 8] = (unsigned char)(1u << bit % 8);
		CU_ASSERT_FALSE(hr_digest_equal(&a, &b));
		b.bytes[bit / 8] = 0;
	}
}

static void test_digest__written__is_read_back_and_nothing_else_is(void)
{
	const char *text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddee0f";
	char written[HR_SHA256_TEXT];
	hr_digest digest;

	CU_ASSERT(hr_digest_parse(hr_str_of(text), &digest));
	HR_ASSERT_TEXT(hr_digest_format(&digest, written), text);
	CU_ASSERT_FALSE(hr_digest_parse(hr_str_of(text + 1), &digest));
	written[3] = 'A';
	CU_ASSERT_FALSE(hr_digest_parse(hr_str_of(written), &digest));
	written[3] = 'g';
	CU_ASSERT_FALSE(hr_digest_parse(hr_str_of(written), &digest));
	CU_ASSERT_FALSE(hr_digest_parse(HR_STR_NONE, &digest));
}

static const hr_test tests[] = {
	HR_TEST(test_sha256__examples_of_the_standard__match),
	HR_TEST(test_sha256__nothing__has_its_digest_too),
	HR_TEST(test_hmac__examples_of_the_standard__match),
	HR_TEST(test_hmac__no_key_and_no_data__has_its_digest_too),
	HR_TEST(test_scrypt__examples_of_the_standard__match),
	HR_TEST(test_digest__any_bit_different__is_not_equal),
	HR_TEST(test_digest__written__is_read_back_and_nothing_else_is),
};
HR_TEST_MAIN("crypto", tests)
