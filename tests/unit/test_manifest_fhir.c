#include "base/xml.h"
#include "recognition/fhir_xml.h"
#include "recognition/manifest_fhir.h"
#include "recognition/manifest_fhir_parts.h"

#include "manifest_fixture.h"
#include "testing.h"

static const hr_json *json_of(hr_str text, hr_arena *arena)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_json_read(parser, text, arena, &root, &err), err);
	hr_json_parser_close(parser);
	return root;
}

static hr_error_code code_of(const char *text, hr_manifest *out, hr_arena *arena)
{
	hr_error err = { 0 };

	if (hr_manifest_read_fhir(json_of(hr_str_of(text), arena), arena, out, &err))
		return HR_E_NONE;
	CU_ASSERT_TRUE(err.message[0] != '\0');
	return err.code;
}

static hr_str bundle_of(const hr_manifest *manifest, hr_arena *arena)
{
	hr_str text = HR_STR_NONE;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_write_fhir(manifest, HR_MANIFEST_DESCRIBED, arena, &text, &err),
		     err);
	return text;
}

/* All that FHIR has a place for. */
static hr_manifest sayable(const hr_manifest *full, hr_arena *arena)
{
	hr_manifest m = *full;
	hr_manifest_series *series = HR_NEW_N(arena, hr_manifest_series, m.series_count);
	hr_manifest_request *requests = HR_NEW_N(arena, hr_manifest_request, m.request_count);

	m.study_id = HR_STR_NONE;
	m.referring_physician = HR_STR_NONE;
	for (uint32_t i = 0; i < m.request_count; i++) {
		requests[i] = m.requests[i];
		requests[i].procedure_id = HR_STR_NONE;
	}
	for (uint32_t i = 0; i < m.series_count; i++) {
		hr_manifest_instance *instances =
			HR_NEW_N(arena, hr_manifest_instance, m.series[i].instance_count);

		series[i] = m.series[i];
		series[i].retrieve_ae = HR_STR_NONE;
		series[i].instances = instances;
		if (hr_str_equal(series[i].time, HR_STR("0930")))
			series[i].time = HR_STR("093000");
		for (uint32_t k = 0; k < series[i].instance_count; k++) {
			instances[k] = m.series[i].instances[k];
			instances[k].rows = 0;
			instances[k].columns = 0;
		}
	}
	m.series = series;
	m.requests = requests;
	return m;
}

static void test_fhir__written__says_the_same_when_read(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest want = sayable(manifest_of_hand(), arena);
	char uid[HR_MANIFEST_UID];
	hr_error err = { 0 };
	hr_manifest read = { 0 };

	HR_ASSERT_OK(hr_manifest_read_fhir(json_of(bundle_of(manifest_of_hand(), arena), arena),
					   arena, &read, &err),
		     err);
	hr_test_equal(manifest_words(&read, arena), manifest_words(&want, arena), __FILE__,
		      __LINE__);
	HR_ASSERT_OK(hr_manifest_uid(manifest_of_hand(), HR_MANIFEST_DESCRIBED, arena, uid, &err),
		     err);
	HR_ASSERT_TEXT(read.uid, uid);
}

static void test_fhir__same_study__gives_the_same_bytes(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	CU_ASSERT_TRUE(hr_str_equal(bundle_of(manifest_of_hand(), arena),
				    bundle_of(manifest_of_hand(), arena)));
}

#define STUDY                                                                                      \
	"\"resourceType\":\"ImagingStudy\",\"status\":\"available\","                              \
	"\"identifier\":[{\"system\":\"urn:dicom:uid\",\"value\":\"urn:oid:1.2.3\"}],"             \
	"\"subject\":{\"reference\":\"Patient/p\"},\"started\":\"2026-01-03T23:30:00Z\","

#define SERIES                                                                                     \
	"\"series\":[{\"uid\":\"1.2.3.1\",\"modality\":{\"code\":\"CT\"},"                         \
	"\"started\":\"2026-01-04T07:31:00+08:00\","                                               \
	"\"instance\":[{\"uid\":\"1.2.3.1.1\",\"number\":7,"                                       \
	"\"sopClass\":{\"code\":\"urn:oid:1.2.840.10008.5.1.4.1.1.2\"}}]}]"

/* R4 as hospitals write it: contained endpoint of the study, one zone after another. */
static void test_fhir__a_study_alone__is_read_with_its_contained(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest m = { 0 };

	CU_ASSERT_EQUAL_FATAL(code_of("{" STUDY
				      "\"contained\":[{\"resourceType\":\"Endpoint\",\"id\":\"e\","
				      "\"connectionType\":{\"code\":\"dicom-wado-rs\"},"
				      "\"address\":\"https://p.example.cn/rs\"}],"
				      "\"endpoint\":[{\"reference\":\"#e\"}]," SERIES "}",
				      &m, arena),
			      HR_E_NONE);
	HR_ASSERT_TEXT(m.study_uid, "1.2.3");
	HR_ASSERT_TEXT(m.study_date, "20260103");
	HR_ASSERT_TEXT(m.study_time, "233000");
	HR_ASSERT_TEXT(m.timezone, "+0000");
	HR_ASSERT_TEXT(m.series[0].date, "20260103");
	HR_ASSERT_TEXT(m.series[0].time, "233100");
	HR_ASSERT_TEXT(m.series[0].retrieve_url, "https://p.example.cn/rs");
	HR_ASSERT_TEXT(m.series[0].instances[0].number, "7");
	HR_ASSERT_TEXT(m.series[0].instances[0].sop_class, "1.2.840.10008.5.1.4.1.1.2");
	CU_ASSERT_EQUAL(m.instance_count, 1);
}

static void test_fhir__of_xml__is_the_same(void)
{
	static const char text[] =
		"<ImagingStudy xmlns='http://hl7.org/fhir'><contained><Endpoint><id value='e'/>"
		"<extension url='https://profiles.ihe.net/RAD/MADO/StructureDefinition/"
		"MadoRetrieveLocationUIDExtension'><valueString value='1.9'/></extension>"
		"<connectionType><code value='dicom-wado-rs'/></connectionType>"
		"<address value='https://p.example.cn/rs'/></Endpoint></contained>"
		"<identifier><system value='urn:dicom:uid'/><value value='urn:oid:1.2.3'/>"
		"</identifier><subject><identifier><system value='urn:oid:1.5'/>"
		"<value value='77'/></identifier></subject>"
		"<series><uid value='1.2.3.1'/><endpoint><reference value='#e'/></endpoint>"
		"<instance><uid value='1.2.3.1.1'/><sopClass><code value='urn:oid:1.2'/></sopClass>"
		"<number value='3'/></instance></series></ImagingStudy>";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	hr_xml_document document = { 0 };
	const hr_json *root = NULL;
	hr_manifest m = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_xml_read(parser, hr_str_of(text), arena, &document, &err), err);
	HR_ASSERT_OK(hr_fhir_from_xml(document.root, arena, &root, &err), err);
	HR_ASSERT_OK(hr_manifest_read_fhir(root, arena, &m, &err), err);
	HR_ASSERT_TEXT(m.patient.value, "77");
	HR_ASSERT_TEXT(m.patient.issuer.universal, "1.5");
	HR_ASSERT_TEXT(m.series[0].retrieve_url, "https://p.example.cn/rs");
	HR_ASSERT_TEXT(m.series[0].retrieve_location_uid, "1.9");
	HR_ASSERT_TEXT(m.series[0].instances[0].number, "3");
}

static void test_fhir__what_is_no_manifest__is_refused_with_its_reason(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest m;

	CU_ASSERT_EQUAL(code_of("[]", &m, arena), HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of("{\"resourceType\":\"Patient\"}", &m, arena), HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(
		code_of("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{" STUDY SERIES
			"}},{\"resource\":{" STUDY SERIES "}}]}",
			&m, arena),
		HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of("{" STUDY "\"series\":[]}", &m, arena), HR_E_INCOMPLETE);
	CU_ASSERT_EQUAL(code_of("{" STUDY "\"series\":[{\"uid\":\"1.2\"}]}", &m, arena),
			HR_E_INCOMPLETE);
	CU_ASSERT_EQUAL(code_of("{\"resourceType\":\"ImagingStudy\"," SERIES "}", &m, arena),
			HR_E_INCOMPLETE);
	CU_ASSERT_EQUAL(code_of("{" STUDY "\"series\":[{\"uid\":\"../x\",\"instance\":[{\"uid\":"
				"\"1\",\"sopClass\":{\"code\":\"1\"}}]}]}",
				&m, arena),
			HR_E_SYNTAX);
	/* An endpoint of a page, not of WADO-RS, is no address to retrieve from. */
	CU_ASSERT_EQUAL_FATAL(
		code_of("{" STUDY "\"contained\":[{\"resourceType\":\"Endpoint\",\"id\":\"e\","
			"\"connectionType\":{\"code\":\"web-viewer\"},\"address\":\"https://v\"}],"
			"\"endpoint\":[{\"reference\":\"#e\"}]," SERIES "}",
			&m, arena),
		HR_E_NONE);
	HR_ASSERT_TEXT(m.series[0].retrieve_url, "");
}

static void test_fhir__names__stand_in_the_groups_of_dicom(void)
{
	static const struct {
		const char *names;
		const char *want;
	} cases[] = {
		{ "[{\"text\":\"张建国\"}]", "张建国" },
		{ "[{\"family\":\"张\",\"given\":[\"建国\"]}]", "张^建国" },
		{ "[{\"given\":[\"A\",\"B\",\"C\"],\"prefix\":[\"Dr\"]}]", "^A^B C^Dr" },
		{ "[{\"family\":\"a^b=c\"}]", "a b c" },
		{ "[{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/"
		  "iso21090-EN-representation\",\"valueCode\":\"IDE\"}],\"family\":\"张\"}]",
		  "=张" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_manifest m = { 0 };
		hr_buf text;

		hr_buf_init(&text, arena, 10000);
		hr_buf_addf(&text,
			    "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{%s%s}},"
			    "{\"fullUrl\":\"http://a/Patient/p\",\"resource\":{\"resourceType\":"
			    "\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"name\":%s}}]}",
			    STUDY, SERIES, cases[i].names);
		CU_ASSERT_EQUAL_FATAL(code_of(text.data, &m, arena), HR_E_NONE);
		HR_ASSERT_TEXT(m.patient_name, cases[i].want);
		HR_ASSERT_TEXT(m.patient_sex, "F");
	}
}

static void test_time__of_fhir__in_the_zone_of_the_study(void)
{
	static const struct {
		const char *text;
		const char *zone;
		const char *want; /* zone date time; "": refused */
	} cases[] = {
		{ "2026-01-03", "", "/20260103/" },
		{ "2026-01-03T08:09:10+08:00", "", "+0800/20260103/080910" },
		{ "2026-01-03T08:09:10.123456789Z", "", "+0000/20260103/080910.123456" },
		{ "2026-01-01T00:10:00Z", "-0330", "-0330/20251231/204000" },
		{ "2025-12-31T23:00:00-01:00", "+0800", "+0800/20260101/080000" },
		{ "2026-01-03T08:09:10", "+0800", "+0800/20260103/080910" },
		{ "2026-01", "", "" },
		{ "2026-02-30", "", "" },
		{ "2026-01-03T24:00:00Z", "", "" },
		{ "2026-01-03T08:09:10+8", "", "" },
		{ "2026-01-03 08:09:10", "", "" },
		{ "", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_str zone = hr_str_of(cases[i].zone);
		hr_str date = HR_STR_NONE;
		hr_str time = HR_STR_NONE;
		hr_buf got;

		hr_buf_init(&got, arena, 200);
		if (hr_manifest_split_time(hr_str_of(cases[i].text), arena, &zone, &date, &time))
			hr_buf_addf(&got, "%.*s/%.*s/%.*s", HR_STR_ARG(zone), HR_STR_ARG(date),
				    HR_STR_ARG(time));
		HR_ASSERT_TEXT(hr_buf_str(&got), cases[i].want);
	}
}

static void test_time__of_dicom__as_much_as_is_known(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(hr_manifest_join_time(HR_STR("+0800"), HR_STR("20260103"), HR_STR_NONE,
					     false, arena),
		       "2026-01-03");
	HR_ASSERT_TEXT(
		hr_manifest_join_time(HR_STR_NONE, HR_STR("20260103"), HR_STR_NONE, true, arena),
		"2026-01-03T00:00:00+08:00");
	HR_ASSERT_TEXT(hr_manifest_join_time(HR_STR("-0330"), HR_STR("20260103"), HR_STR("0809"),
					     false, arena),
		       "2026-01-03T08:09:00-03:30");
	HR_ASSERT_TEXT(hr_manifest_join_time(HR_STR("+0800"), HR_STR("20260103"),
					     HR_STR("080910.12x"), false, arena),
		       "2026-01-03T08:09:10.12+08:00");
	HR_ASSERT_TEXT(hr_manifest_join_time(HR_STR("+0800"), HR_STR("20260231"), HR_STR_NONE, true,
					     arena),
		       "");
}

static void test_reference__of_each_format__means_the_same_manifest(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const char *const types[] = { "application/dicom", "application/fhir+json" };
	char oid[HR_MANIFEST_UID + 8] = "urn:oid:";
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_uid(manifest_of_hand(), HR_MANIFEST_PLAIN, arena, oid + 8, &err),
		     err);
	for (int format = 0; format < 2; format++) {
		const hr_json *root;
		hr_str text = HR_STR_NONE;

		HR_ASSERT_OK(hr_manifest_write_reference(manifest_of_hand(), HR_MANIFEST_PLAIN,
							 (hr_manifest_format)format,
							 HR_STR("https://a/m"),
							 HR_STR("https://a/o"), arena, &text, &err),
			     err);
		root = json_of(text, arena);
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("masterIdentifier.value")), oid);
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("identifier.value")), oid);
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("content.attachment.contentType")),
			       types[format]);
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("content.attachment.url")),
			       "https://a/m");
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("relatesTo.target.reference")),
			       "https://a/o");
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("context.related.identifier.value")),
			       "urn:oid:1.2.3");
		HR_ASSERT_TEXT(hr_json_path_text(root, HR_STR("context.period.start")),
			       "2026-01-03T08:09:10.123+08:00");
	}
}

static const hr_test tests[] = {
	HR_TEST(test_fhir__written__says_the_same_when_read),
	HR_TEST(test_fhir__same_study__gives_the_same_bytes),
	HR_TEST(test_fhir__a_study_alone__is_read_with_its_contained),
	HR_TEST(test_fhir__of_xml__is_the_same),
	HR_TEST(test_fhir__what_is_no_manifest__is_refused_with_its_reason),
	HR_TEST(test_fhir__names__stand_in_the_groups_of_dicom),
	HR_TEST(test_time__of_fhir__in_the_zone_of_the_study),
	HR_TEST(test_time__of_dicom__as_much_as_is_known),
	HR_TEST(test_reference__of_each_format__means_the_same_manifest),
};

HR_TEST_MAIN("manifest_fhir", tests)
