#include "dicom/retrieve_url.h"

#include "testing.h"

static const hr_web_origin listed[] = {
	{ HR_STR_INIT("pacs.hh.example.cn"), 443, false },
	{ HR_STR_INIT("10.20.30.40"), 8443, false },
	{ HR_STR_INIT("127.0.0.1"), 8042, true },
	{ HR_STR_INIT("[2001:db8::1]"), 443, false },
};

static const hr_web_origins allowed = { listed, sizeof(listed) / sizeof(listed[0]) };

static hr_error_code code_of(hr_str text, hr_retrieve_url *out)
{
	hr_error err = { 0 };

	if (hr_retrieve_url_check(text, allowed, out, &err))
		return HR_E_NONE;
	CU_ASSERT_TRUE(err.message[0] != '\0');
	CU_ASSERT_PTR_NULL(strstr(err.message, "example"));
	return err.code;
}

static void test_retrieve_url__of_a_listed_origin__is_taken(void)
{
	static const struct {
		const char *text;
		int origin;
		const char *path;
	} good[] = {
		{ "https://pacs.hh.example.cn", 0, "/" },
		{ "https://pacs.hh.example.cn/", 0, "/" },
		{ "https://pacs.hh.example.cn:443/dicom-web", 0, "/dicom-web" },
		{ "HTTPS://PACS.HH.Example.CN/dicom-web/studies/1.2.3", 0,
		  "/dicom-web/studies/1.2.3" },
		{ "https://pacs.hh.example.cn/a%20b/%E5%BD%B1?x=%2F&y=a.b", 0,
		  "/a%20b/%E5%BD%B1?x=%2F&y=a.b" },
		{ "https://10.20.30.40:8443/AET/rs/", 1, "/AET/rs/" },
		{ "http://127.0.0.1:8042/dicom-web/", 2, "/dicom-web/" },
		{ "https://[2001:db8::1]/rs", 3, "/rs" },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		hr_retrieve_url url = { 0 };

		CU_ASSERT_EQUAL(code_of(hr_str_of(good[i].text), &url), HR_E_NONE);
		CU_ASSERT_PTR_EQUAL(url.origin, &listed[good[i].origin]);
		HR_ASSERT_TEXT(url.path, good[i].path);
	}
}

static void test_retrieve_url__of_another_origin__is_forbidden(void)
{
	static const char *const others[] = {
		"http://pacs.hh.example.cn/",
		"https://pacs.hh.example.cn:8443/",
		"https://pacs.hh.example.com/",
		"https://evil.pacs.hh.example.cn/",
		"https://pacs.hh.example.cn.evil.com/",
		"https://hh.example.cn/",
		"http://127.0.0.1/",
		"http://127.0.0.1:8080/",
		"https://127.0.0.1:8042/",
		"http://127.0.0.2:8042/",
		"http://localhost:8042/",
		"http://[::1]:8042/",
		"http://[::ffff:127.0.0.1]:8042/",
		"https://10.20.30.41:8443/",
		"http://169.254.169.254/latest/meta-data/",
		"https://[2001:db8:0:0::1]/",
	};
	hr_retrieve_url url;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_EQUAL(code_of(hr_str_of(others[i]), &url), HR_E_FORBIDDEN);
}

static const char *const hostile[] = {
	"",
	"/dicom-web",
	"//pacs.hh.example.cn/",
	"pacs.hh.example.cn/",
	"https:",
	"https:/pacs.hh.example.cn/",
	"https:///pacs.hh.example.cn/",
	"https://",
	"file:///etc/passwd",
	"ftp://pacs.hh.example.cn/",
	"gopher://pacs.hh.example.cn:70/_x",
	"javascript:alert(1)",
	/* another host in the clothes of ours */
	"https://pacs.hh.example.cn@evil.com/",
	"https://user:secret@pacs.hh.example.cn/",
	"https://@pacs.hh.example.cn/",
	"https://evil.com#@pacs.hh.example.cn/",
	"https://evil.com\\@pacs.hh.example.cn/",
	"https://pacs.hh.example.cn\\.evil.com/",
	"https://pacs.hh.example.cn%2eevil.com/",
	"https://pacs.hh.example.cn%00.evil.com/",
	"https://pacs.hh.example.cn /",
	" https://pacs.hh.example.cn/",
	"https://pacs.hh.example.cn./",
	"https://pacs..example.cn/",
	"https://-pacs.example.cn/",
	"https://pacs_hh.example.cn/",
	"https://\xe5\xbd\xb1.example.cn/",
	"https://pacs.hh.example\xe3\x80\202cn/", /* octal: a hexadecimal escape would take the c */
	/* ports */
	"https://pacs.hh.example.cn:/",
	"https://pacs.hh.example.cn:0/",
	"https://pacs.hh.example.cn:0443/",
	"https://pacs.hh.example.cn:65536/",
	"https://pacs.hh.example.cn:443a/",
	"https://pacs.hh.example.cn:443:443/",
	"https://pacs.hh.example.cn:-1/",
	/* addresses in other ways of writing */
	"http://2130706433/",
	"http://0x7f000001/",
	"http://0x7f.1/",
	"http://127.1/",
	"http://0177.0.0.1/",
	"http://127.0.0.01:8042/",
	"http://127.0.0.1.:8042/",
	"http://[127.0.0.1]:8042/",
	"http://[::1%25lo]/",
	"http://[::1/",
	"http://[]/",
	"http://::1/",
	"https://[2001:db8::1]x/",
	/* paths that lead elsewhere */
	"https://pacs.hh.example.cn/..",
	"https://pacs.hh.example.cn/dicom-web/../admin",
	"https://pacs.hh.example.cn/dicom-web/./admin",
	"https://pacs.hh.example.cn/dicom-web/..;/admin",
	"https://pacs.hh.example.cn/dicom-web//admin",
	"https://pacs.hh.example.cn/dicom-web/%2e%2e/admin",
	"https://pacs.hh.example.cn/dicom-web/%2E./admin",
	"https://pacs.hh.example.cn/dicom-web/..%2fadmin",
	"https://pacs.hh.example.cn/dicom-web%5cadmin",
	"https://pacs.hh.example.cn/dicom-web%252e",
	"https://pacs.hh.example.cn/dicom-web\\..\\admin",
	"https://pacs.hh.example.cn/%3fx",
	"https://pacs.hh.example.cn/%",
	"https://pacs.hh.example.cn/%4",
	"https://pacs.hh.example.cn/%zz",
	/* another request behind this one */
	"https://pacs.hh.example.cn/a\r\nHost: evil.com",
	"https://pacs.hh.example.cn/%0d%0aX:",
	"https://pacs.hh.example.cn/?x=%0d%0aX:",
	"https://pacs.hh.example.cn/a b",
	"https://pacs.hh.example.cn/a\tb",
	"https://pacs.hh.example.cn/#x",
	"https://pacs.hh.example.cn?x",
	"https://pacs.hh.example.cn/\xe5\xbd\xb1",
	"https://pacs.hh.example.cn/<script>",
	"https://pacs.hh.example.cn/{a}",
};

static void test_retrieve_url__hostile__is_refused_before_any_list(void)
{
	hr_retrieve_url url;

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		hr_error_code code = code_of(hr_str_of(hostile[i]), &url);

		if (code != HR_E_SYNTAX)
			hr_test_equal(hr_str_of(hostile[i]), HR_STR("(refused)"), __FILE__,
				      __LINE__);
	}
	CU_ASSERT_EQUAL(code_of(HR_STR("https://pacs.hh.example.cn\0/x"), &url), HR_E_SYNTAX);
	CU_ASSERT_EQUAL(code_of(HR_STR("https://pacs.hh.example.cn/a\0b"), &url), HR_E_SYNTAX);
}

static void test_retrieve_url__at_its_limit__and_one_byte_more(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_retrieve_url url;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_RETRIEVE_URL_MAX + 1);
	HR_BUF_ADD(&buf, "https://pacs.hh.example.cn/");
	while (buf.len < HR_RETRIEVE_URL_MAX)
		hr_buf_add_char(&buf, 'a');
	CU_ASSERT_EQUAL(code_of(hr_buf_str(&buf), &url), HR_E_NONE);
	hr_buf_add_char(&buf, 'a');
	CU_ASSERT_EQUAL(code_of(hr_buf_str(&buf), &url), HR_E_SYNTAX);
}

static void test_retrieve_url__no_origin_is_listed__all_are_forbidden(void)
{
	const hr_web_origins none = { NULL, 0 };
	hr_retrieve_url url;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(
		hr_retrieve_url_check(HR_STR("https://pacs.hh.example.cn/"), none, &url, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_FORBIDDEN);
}

static void test_origin__as_an_operator_writes_it__is_read(void)
{
	static const struct {
		const char *text;
		const char *host;
		uint16_t port;
		bool is_plain;
	} good[] = {
		{ "https://pacs.hh.example.cn", "pacs.hh.example.cn", 443, false },
		{ "https://pacs.hh.example.cn:8443", "pacs.hh.example.cn", 8443, false },
		{ "https://10.20.30.40:1", "10.20.30.40", 1, false },
		{ "https://[fd00::5]:65535", "[fd00::5]", 65535, false },
		{ "http://127.0.0.1:8042", "127.0.0.1", 8042, true },
		{ "http://localhost", "localhost", 80, true },
		{ "http://[::1]:8042", "[::1]", 8042, true },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		hr_web_origin origin = { 0 };
		hr_error err = { 0 };

		HR_ASSERT_OK(hr_web_origin_parse(hr_str_of(good[i].text), &origin, &err), err);
		CU_ASSERT_EQUAL(origin.is_plain, good[i].is_plain);
		CU_ASSERT_EQUAL(origin.port, good[i].port);
		HR_ASSERT_TEXT(origin.host, good[i].host);
	}
}

static void test_origin__more_than_an_origin__is_refused(void)
{
	static const char *const bad[] = {
		"",
		"*",
		"https://*.example.cn",
		"https://pacs.hh.example.cn/",
		"https://pacs.hh.example.cn/dicom-web",
		"https://pacs.hh.example.cn?x",
		"https://user@pacs.hh.example.cn",
		"http://pacs.hh.example.cn",
		"http://10.20.30.40",
		"http://128.0.0.1",
		"pacs.hh.example.cn",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hr_web_origin origin;
		hr_error err = { 0 };

		CU_ASSERT_FALSE(hr_web_origin_parse(hr_str_of(bad[i]), &origin, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	}
}

/* Empty when it is refused. */
static hr_str series_of(const char *url, const char *instance, char memory[200])
{
	hr_error err = { 0 };
	hr_buf out;

	hr_buf_init_over(&out, memory, 200);
	if (!hr_retrieve_url_series(hr_str_of(url), HR_STR("1.2"), HR_STR("1.2.3"),
				    hr_str_of(instance), &out, &err))
		return HR_STR_NONE;
	return hr_buf_str(&out);
}

static void test_retrieve_url__of_a_series__from_whatever_the_manifest_gives(void)
{
	static const char want[] = "https://p.example.cn/rs/studies/1.2/series/1.2.3";
	static const char *const urls[] = {
		"https://p.example.cn/rs",
		"https://p.example.cn/rs/",
		"https://p.example.cn/rs/studies",
		"https://p.example.cn/rs/studies/",
		"https://p.example.cn/rs/studies/1.2",
		"https://p.example.cn/rs/studies/1.2/",
		"https://p.example.cn/rs/studies/1.2/series",
		"https://p.example.cn/rs/studies/1.2/series/1.2.3",
		"https://p.example.cn/rs/studies/1.2/series/1.2.3/",
	};
	char memory[200];

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		HR_ASSERT_TEXT(series_of(urls[i], "", memory), want);
	HR_ASSERT_TEXT(series_of("https://p.example.cn", "1.2.3.4", memory),
		       "https://p.example.cn/studies/1.2/series/1.2.3/instances/1.2.3.4");
	HR_ASSERT_TEXT(series_of("https://studies/", "", memory),
		       "https://studies/studies/1.2/series/1.2.3");
	HR_ASSERT_TEXT(series_of("https://p.example.cn/studies-old/rs", "", memory),
		       "https://p.example.cn/studies-old/rs/studies/1.2/series/1.2.3");
}

static void test_retrieve_url__of_another_study_or_series__is_refused(void)
{
	static const char *const urls[] = {
		"",
		"rs",
		"https://p.example.cn/rs/studies/1.20",
		"https://p.example.cn/rs/studies/1.3/series/1.2.3",
		"https://p.example.cn/rs/studies/1.2/series/1.2.4",
		"https://p.example.cn/rs/studies/1.2/series/1.2.3/instances/1",
		"https://p.example.cn/rs/studies/1.2/x",
		"https://p.example.cn/wado?requestType=WADO",
	};
	char memory[200];

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		CU_ASSERT_EQUAL(series_of(urls[i], "", memory).len, 0);
	CU_ASSERT_EQUAL(series_of("https://p.example.cn", "../x", memory).len, 0);
}

static const hr_test tests[] = {
	HR_TEST(test_retrieve_url__of_a_listed_origin__is_taken),
	HR_TEST(test_retrieve_url__of_another_origin__is_forbidden),
	HR_TEST(test_retrieve_url__hostile__is_refused_before_any_list),
	HR_TEST(test_retrieve_url__at_its_limit__and_one_byte_more),
	HR_TEST(test_retrieve_url__no_origin_is_listed__all_are_forbidden),
	HR_TEST(test_origin__as_an_operator_writes_it__is_read),
	HR_TEST(test_origin__more_than_an_origin__is_refused),
	HR_TEST(test_retrieve_url__of_a_series__from_whatever_the_manifest_gives),
	HR_TEST(test_retrieve_url__of_another_study_or_series__is_refused),
};

HR_TEST_MAIN("retrieve_url", tests)
