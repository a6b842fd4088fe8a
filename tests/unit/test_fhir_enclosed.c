/* Documents in a DocumentReference and in a Binary. */
#include "recognition/reader.h"

#include "testing.h"

#include <stdlib.h>

#define CDA                                                                                        \
	"<ClinicalDocument xmlns='urn:hl7-org:v3'><code code='C0007'/><component><section>"        \
	"<entry><observation><code code='DE04.30.019.00'/><value>K</value></observation></entry>"  \
	"</section></component></ClinicalDocument>"
#define CDA_OF_PATIENT                                                                             \
	"<ClinicalDocument xmlns='urn:hl7-org:v3'><code code='C0007'/><recordTarget><patientRole>" \
	"<patient><birthTime value='19600102'/></patient></patientRole></recordTarget><component>" \
	"<section><entry><observation><code code='DE04.30.019.00'/><value>K</value></observation>" \
	"</entry></section></component></ClinicalDocument>"
#define OBSERVATION                                                                                \
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"TSH\"}}"

struct fixture {
	hr_arena *arena;
	hr_reader *reader;
	hr_reports reports;
	hr_error err;
	bool ok;
};

static struct fixture begin(void)
{
	struct fixture f = { .arena = hr_test_arena(), .reader = hr_reader_open() };

	if (!f.reader)
		abort();
	return f;
}

static void finish(struct fixture *f)
{
	hr_reader_close(f->reader);
	hr_arena_close(f->arena);
}

static void put_base64(hr_str bytes, hr_buf *out)
{
	hr_str digits = HR_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

	for (size_t i = 0; i < bytes.len; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 |
			       (i + k < bytes.len ? (unsigned char)bytes.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			size_t digit = bits >> (18 - 6 * k) & 63;

			hr_buf_add(out, i + k > bytes.len ? HR_STR("=")
							  : hr_str_slice(digits, digit, digit + 1));
		}
	}
}

/* `before`, the document in base64, `after`. */
static hr_str enclose(struct fixture *f, const char *before, hr_str document, const char *after)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 65536);
	hr_buf_add(&buf, hr_str_of(before));
	put_base64(document, &buf);
	hr_buf_add(&buf, hr_str_of(after));
	return hr_buf_str(&buf);
}

static hr_str binary(struct fixture *f, hr_str document)
{
	return enclose(f, "{\"resourceType\":\"Binary\",\"data\":\"", document, "\"}");
}

static void read_in(struct fixture *f, hr_str bytes)
{
	f->ok = hr_reader_read(f->reader, bytes, f->arena, &f->reports, &f->err);
}

static const hr_report *report(const struct fixture *f, size_t index)
{
	static const hr_report none;

	HR_ASSERT_OK(f->ok, f->err);
	CU_ASSERT_TRUE(f->ok && index < f->reports.count);
	return f->ok && index < f->reports.count ? &f->reports.reports[index] : &none;
}

static void check_refused(const struct fixture *f, hr_error_code code, const char *message)
{
	CU_ASSERT_FALSE(f->ok);
	CU_ASSERT_EQUAL(f->err.code, code);
	HR_ASSERT_TEXT(hr_str_of(f->err.message), message);
}

static void test_enclosed__a_cda_in_a_binary__is_read(void)
{
	struct fixture f = begin();

	read_in(&f, binary(&f, HR_STR(CDA)));
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_CDA);
	HR_ASSERT_TEXT(report(&f, 0)->enclosed_in, "Binary.data");
	CU_ASSERT_EQUAL(report(&f, 0)->result_count, 1);
	finish(&f);
}

static void test_enclosed__a_document_reference_in_xml__is_read(void)
{
	struct fixture f = begin();

	read_in(&f, enclose(&f,
			    "<DocumentReference xmlns='http://hl7.org/fhir'><content><attachment>"
			    "<data value='",
			    HR_STR(OBSERVATION), "'/></attachment></content></DocumentReference>"));
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_FHIR);
	HR_ASSERT_TEXT(report(&f, 0)->enclosed_in, "DocumentReference.content[0].attachment.data");
	finish(&f);
}

static void test_enclosed__in_a_bundle__stands_behind_its_own_reports(void)
{
	struct fixture f = begin();

	read_in(&f,
		enclose(&f,
			"{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
			"\"Binary\",\"data\":\"",
			HR_STR(CDA),
			"\"}},{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"code\":"
			"{\"text\":\"A\"}}}]}"));
	CU_ASSERT_EQUAL(f.reports.count, 2);
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_FHIR);
	CU_ASSERT_EQUAL(report(&f, 0)->enclosed_in.len, 0);
	CU_ASSERT_EQUAL(report(&f, 1)->format, HR_FORMAT_CDA);
	HR_ASSERT_TEXT(report(&f, 1)->enclosed_in, "Bundle.entry[0].resource.data");
	finish(&f);
}

static void test_enclosed__two_deep__is_read_and_three_is_not(void)
{
	struct fixture f = begin();
	hr_str two = binary(&f, binary(&f, HR_STR(CDA)));

	read_in(&f, two);
	HR_ASSERT_TEXT(report(&f, 0)->enclosed_in, "Binary.data > Binary.data");
	read_in(&f, binary(&f, two));
	check_refused(&f, HR_E_LIMIT,
		      "Binary.data: Binary.data: Binary.data: documents stand in each other over 2 "
		      "deep");
	/* The reader counts anew for the next input. */
	read_in(&f, two);
	CU_ASSERT_TRUE(f.ok);
	finish(&f);
}

#define REFERENCE_OF_TWO                                                                           \
	"{\"resourceType\":\"DocumentReference\",\"content\":[{\"attachment\":{\"data\":"          \
	"\"JVBERi0xLjc=\"}},{\"attachment\":{\"data\":\""

static void test_enclosed__a_pdf_beside_it__is_passed_over(void)
{
	struct fixture f = begin();

	read_in(&f, enclose(&f, REFERENCE_OF_TWO, HR_STR(CDA), "\"}}]}"));
	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL_FATAL(report(&f, 0)->deviation_count > 0, true);
	CU_ASSERT_STRING_EQUAL(report(&f, 0)->deviations[report(&f, 0)->deviation_count - 1].code,
			       "document-not-read");
	finish(&f);
}

static void test_enclosed__only_a_pdf__is_refused_by_name(void)
{
	struct fixture f = begin();

	read_in(&f, binary(&f, HR_STR("%PDF-1.7")));
	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	CU_ASSERT_TRUE(hr_str_starts_with(hr_str_of(f.err.message),
					  HR_STR("Binary.data: the input is PDF; ")));
	finish(&f);
}

static void test_enclosed__one_document_in_two_formats__is_one_report(void)
{
	struct fixture f = begin();
	hr_str second = enclose(&f, "", HR_STR(OBSERVATION), "");
	hr_buf buf;

	hr_buf_init(&buf, f.arena, 65536);
	hr_buf_add(&buf, enclose(&f,
				 "{\"resourceType\":\"DocumentReference\",\"content\":["
				 "{\"attachment\":{\"data\":\"",
				 HR_STR(CDA), "\"}},{\"attachment\":{\"data\":\""));
	hr_buf_add(&buf, second);
	HR_BUF_ADD(&buf, "\"}}]}");
	read_in(&f, hr_buf_str(&buf));
	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_CDA);
	finish(&f);
}

static void test_enclosed__a_damaged_document__refuses_the_input(void)
{
	struct fixture f = begin();

	read_in(&f, enclose(&f, REFERENCE_OF_TWO, HR_STR("{\n\"resourceType\":}"), "\"}}]}"));
	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	CU_ASSERT_EQUAL(f.err.line, 2);
	CU_ASSERT_TRUE(
		hr_str_starts_with(hr_str_of(f.err.message),
				   HR_STR("DocumentReference.content[1].attachment.data: json: ")));
	read_in(&f, HR_STR("{\"resourceType\":\"Binary\",\"data\":\"Zg=\"}"));
	check_refused(&f, HR_E_SYNTAX, "Binary.data: base64: the text ends inside a group");
	finish(&f);
}

static void check_status(const char *members, hr_status status, bool replaced)
{
	struct fixture f = begin();
	hr_buf buf;

	hr_buf_init(&buf, f.arena, 256);
	hr_buf_addf(&buf,
		    "{\"resourceType\":\"DocumentReference\",%s,\"content\":[{\"attachment\":"
		    "{\"data\":\"",
		    members);
	hr_buf_add_char(&buf, '\0');
	read_in(&f, enclose(&f, buf.data, HR_STR(CDA), "\"}}]}"));
	CU_ASSERT_EQUAL(report(&f, 0)->status, status);
	CU_ASSERT_EQUAL(report(&f, 0)->replaced, replaced);
	finish(&f);
}

static void test_enclosed__what_the_reference_says_of_it__counts(void)
{
	check_status("\"status\":\"current\",\"docStatus\":\"final\"", HR_STATUS_FINAL, false);
	check_status("\"status\":\"superseded\"", HR_STATUS_FINAL, true);
	check_status("\"status\":\"entered-in-error\"", HR_STATUS_CANCELLED, false);
	check_status("\"docStatus\":\"preliminary\"", HR_STATUS_PRELIMINARY, false);
	check_status("\"docStatus\":\"entered-in-error\"", HR_STATUS_CANCELLED, false);
}

static void test_enclosed__nothing_but_a_link__holds_no_report(void)
{
	struct fixture f = begin();

	read_in(&f, HR_STR("{\"resourceType\":\"DocumentReference\",\"content\":[{\"attachment\":"
			   "{\"url\":\"http://a/b\"}}]}"));
	check_refused(&f, HR_E_INCOMPLETE, "a FHIR DocumentReference holds no report");
	finish(&f);
}

/* --- which document stands for which --- */

#define BUNDLE "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["

static void add_reference(hr_buf *out, const char *id, const char *members)
{
	hr_buf_addf(out,
		    "{\"fullUrl\":\"urn:%s\",\"resource\":{\"resourceType\":\"DocumentReference\","
		    "\"masterIdentifier\":{\"value\":\"M-%s\"}%s,\"content\":[{\"attachment\":{"
		    "\"data\":\"",
		    id, id, members);
	put_base64(HR_STR(CDA), out);
	HR_BUF_ADD(out, "\"}}]}}");
}

/* Document A with what it says of B, and B, in either order. */
static void check_replaces(const char *relation, bool b_first, bool replaced)
{
	struct fixture f = begin();
	const hr_report *a;
	hr_buf buf;

	hr_buf_init(&buf, f.arena, 8192);
	HR_BUF_ADD(&buf, BUNDLE);
	if (b_first) {
		add_reference(&buf, "B", "");
		HR_BUF_ADD(&buf, ",");
	}
	add_reference(&buf, "A", relation);
	if (!b_first) {
		HR_BUF_ADD(&buf, ",");
		add_reference(&buf, "B", "");
	}
	HR_BUF_ADD(&buf, "]}");
	read_in(&f, hr_buf_str(&buf));
	a = report(&f, b_first);
	CU_ASSERT_EQUAL(report(&f, !b_first)->replaced, replaced);
	CU_ASSERT_FALSE(a->replaced);
	CU_ASSERT_EQUAL(a->status, replaced ? HR_STATUS_CORRECTED : HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(a->replace_count, replaced);
	if (a->replace_count)
		HR_ASSERT_TEXT(a->replaces[0].code, "M-B");
	finish(&f);
}

static void test_enclosed__a_document_that_is_replaced__is_marked(void)
{
	static const char r4[] = ",\"relatesTo\":[{\"code\":\"replaces\",\"target\":"
				 "{\"reference\":\"urn:B\"}}]";
	static const char r5[] = ",\"relatesTo\":[{\"code\":{\"coding\":[{"
				 "\"code\":\"replaces\"}]},"
				 "\"target\":{\"reference\":\"urn:B\"}}]";

	for (int b_first = 0; b_first < 2; b_first++) {
		check_replaces(r4, b_first, true);
		check_replaces(r5, b_first, true);
		check_replaces("", b_first, false);
		check_replaces(",\"relatesTo\":[{\"code\":\"appends\",\"target\":"
			       "{\"reference\":\"urn:B\"}}]",
			       b_first, false);
	}
}

static void test_enclosed__replacing_what_is_not_there__is_a_correction(void)
{
	static const char before[] =
		"{\"resourceType\":\"DocumentReference\",\"relatesTo\":[{\"code\":\"replaces\","
		"\"target\":{\"identifier\":{\"value\":\"M-0\"}}}],"
		"\"content\":[{\"attachment\":{\"data\":\"";
	struct fixture f = begin();

	read_in(&f, enclose(&f, before, HR_STR(CDA), "\"}}]}"));
	CU_ASSERT_EQUAL(report(&f, 0)->status, HR_STATUS_CORRECTED);
	CU_ASSERT_EQUAL(report(&f, 0)->replace_count, 1);
	HR_ASSERT_TEXT(report(&f, 0)->replaces[0].code, "M-0");
	finish(&f);
}

/* As IHE's MHD sends them: the document in a Binary, what is said of it in a DocumentReference. */
static void test_enclosed__what_is_said_of_a_binary__counts(void)
{
	struct fixture f = begin();

	read_in(&f,
		enclose(&f,
			BUNDLE "{\"resource\":{\"resourceType\":\"DocumentReference\","
			       "\"docStatus\":\"entered-in-error\",\"content\":[{\"attachment\":{"
			       "\"url\":\"urn:bin\"}}]}},{\"fullUrl\":\"urn:bin\",\"resource\":{"
			       "\"resourceType\":\"Binary\",\"data\":\"",
			HR_STR(CDA), "\"}}]}"));
	CU_ASSERT_EQUAL(report(&f, 0)->status, HR_STATUS_CANCELLED);
	finish(&f);
}

static void test_enclosed__documents_that_replace_each_other__are_told_apart(void)
{
	static const char first[] = "<ClinicalDocument><id root='1' extension='D-1'/>";
	static const char second[] =
		"<ClinicalDocument><id root='1' extension='D-2'/>"
		"<relatedDocument typeCode='RPLC'><parentDocument>"
		"<id root='1' extension='D-1'/></parentDocument></relatedDocument>";
	static const char rest[] =
		"<code code='C0007'/><component><section><entry><observation>"
		"<code code='DE04.30.019.00'/><value>K</value></observation></entry></section>"
		"</component></ClinicalDocument>";
	struct fixture f = begin();
	hr_buf document;
	hr_buf buf;

	hr_buf_init(&buf, f.arena, 8192);
	HR_BUF_ADD(&buf, BUNDLE);
	for (int i = 0; i < 2; i++) {
		hr_buf_init(&document, f.arena, 2048);
		hr_buf_addf(&document, "%s%s", i ? second : first, rest);
		hr_buf_addf(&buf, "%s{\"resource\":{\"resourceType\":\"Binary\",\"data\":\"",
			    i ? "," : "");
		put_base64(hr_buf_str(&document), &buf);
		HR_BUF_ADD(&buf, "\"}}");
	}
	HR_BUF_ADD(&buf, "]}");
	read_in(&f, hr_buf_str(&buf));
	CU_ASSERT_TRUE(report(&f, 0)->replaced);
	CU_ASSERT_FALSE(report(&f, 1)->replaced);
	finish(&f);
}

/* --- the form that is presented --- */

static bool deviates(const hr_report *r, const char *code)
{
	for (uint32_t i = 0; i < r->deviation_count; i++)
		if (strcmp(r->deviations[i].code, code) == 0)
			return true;
	return false;
}

static hr_str with_form(struct fixture *f, const char *members, hr_str form)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 512);
	hr_buf_addf(
		&buf,
		"{\"resourceType\":\"DiagnosticReport\",\"code\":{\"coding\":[{\"system\":"
		"\"http://loinc.org\",\"code\":\"11502-2\"}]},%s,\"presentedForm\":[{\"data\":\"",
		members);
	hr_buf_add_char(&buf, '\0');
	return enclose(f, buf.data, form, "\"}]}");
}

static void test_enclosed__a_form_of_a_report_without_results__stands_for_it(void)
{
	struct fixture f = begin();

	read_in(&f, with_form(&f, "\"status\":\"preliminary\"", HR_STR(CDA)));
	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_CDA);
	CU_ASSERT_EQUAL(report(&f, 0)->status, HR_STATUS_PRELIMINARY);
	CU_ASSERT_EQUAL(report(&f, 0)->result_count, 1);
	HR_ASSERT_TEXT(report(&f, 0)->enclosed_in, "DiagnosticReport.presentedForm[0].data");
	CU_ASSERT_FALSE(deviates(report(&f, 0), "presented-form-not-read"));
	finish(&f);
}

/* The document of another patient behind the report of this one. */
static void test_enclosed__a_form_of_another_patient__is_ambiguous(void)
{
	static const struct {
		const char *born;
		bool ambiguous;
	} rows[] = { { "1960-01-02", false }, { "1960-01", false }, { "1970-01-02", true } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = begin();
		char members[300];

		snprintf(members, sizeof(members),
			 "\"status\":\"final\",\"subject\":{\"reference\":\"#p\"},\"contained\":[{"
			 "\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"%s\"}]",
			 rows[i].born);
		read_in(&f, with_form(&f, members, HR_STR(CDA_OF_PATIENT)));
		CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_CDA);
		CU_ASSERT_EQUAL(report(&f, 0)->patient_ambiguous, rows[i].ambiguous);
		finish(&f);
	}
}

static void test_enclosed__a_form_beside_results__is_not_read_and_said(void)
{
	struct fixture f = begin();

	read_in(&f, with_form(&f,
			      "\"status\":\"final\",\"contained\":[{\"resourceType\":"
			      "\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{"
			      "\"text\":\"TSH\"}}],\"result\":[{\"reference\":\"#o\"}]",
			      HR_STR(CDA)));
	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(report(&f, 0)->format, HR_FORMAT_FHIR);
	CU_ASSERT_TRUE(deviates(report(&f, 0), "presented-form-not-read"));
	finish(&f);
}

/* A PDF, a page that is no XML, a text, and what is cut: never a reason to refuse the others. */
static void test_enclosed__a_form_that_cannot_be_read__is_passed_over_and_said(void)
{
	static const hr_str forms[] = {
		HR_STR_INIT("%PDF-1.7"),
		HR_STR_INIT("<p>TSH<br>3.21</p>"),
		HR_STR_INIT("TSH 3.21"),
		HR_STR_INIT("<ClinicalDocument>"),
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct fixture f = begin();

		read_in(&f, with_form(&f, "\"status\":\"final\"", forms[i]));
		CU_ASSERT_EQUAL(f.reports.count, 1);
		CU_ASSERT_EQUAL(report(&f, 0)->result_count, 0);
		CU_ASSERT_TRUE(deviates(report(&f, 0), "presented-form-not-read"));
		finish(&f);
	}
}

/* The second of two reports has a form, which is a bundle of two. */
/* Only of a Bundle the entries are resources: the forms in them are of no report. */
static void test_enclosed__a_form_in_what_is_no_bundle__is_refused_by_name(void)
{
	struct fixture f = begin();

	read_in(&f,
		enclose(&f,
			"{\"resourceType\":\"Patient\",\"entry\":[{\"resource\":{\"resourceType\":"
			"\"DiagnosticReport\",\"presentedForm\":[{\"data\":\"",
			HR_STR(CDA), "\"}]}}]}"));
	check_refused(&f, HR_E_INCOMPLETE, "a FHIR Patient holds no report");
	finish(&f);
}

static void test_enclosed__a_form_of_two_reports__stands_for_its_own(void)
{
	struct fixture f = begin();
	hr_str form =
		HR_STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
		       "{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\","
		       "\"code\":{\"text\":\"X\"}}},"
		       "{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\","
		       "\"code\":{\"text\":\"Y\"}}}]}");

	read_in(&f,
		enclose(&f,
			BUNDLE "{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":"
			       "\"final\",\"code\":{\"text\":\"A\"}}},{\"resource\":{"
			       "\"resourceType\":\"DiagnosticReport\",\"status\":\"cancelled\","
			       "\"code\":{\"text\":\"B\"},\"presentedForm\":[{\"data\":\"",
			form, "\"}]}}]}"));
	CU_ASSERT_EQUAL_FATAL(f.reports.count, 3);
	HR_ASSERT_TEXT(report(&f, 0)->title.text, "A");
	HR_ASSERT_TEXT(report(&f, 1)->title.text, "X");
	HR_ASSERT_TEXT(report(&f, 2)->title.text, "Y");
	CU_ASSERT_EQUAL(report(&f, 0)->status, HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(report(&f, 1)->status, HR_STATUS_CANCELLED);
	CU_ASSERT_EQUAL(report(&f, 2)->status, HR_STATUS_CANCELLED);
	finish(&f);
}

static void read_entries(struct fixture *f, int count)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, (size_t)1 << 20);
	HR_BUF_ADD(&buf, "{\"resourceType\":\"Bundle\",\"entry\":[");
	for (int i = 0; i < count; i++)
		hr_buf_addf(&buf,
			    "%s{\"resource\":{\"resourceType\":\"Binary\",\"data\":"
			    "\"JVBERi0xLjc=\"}}",
			    i ? "," : "");
	HR_BUF_ADD(&buf, "]}");
	read_in(f, hr_buf_str(&buf));
}

static void test_enclosed__over_1000_documents__are_refused(void)
{
	struct fixture f = begin();

	read_entries(&f, 1000);
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	read_entries(&f, 1001);
	check_refused(&f, HR_E_LIMIT, "fhir: over 1000 documents stand in the input");
	finish(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_enclosed__a_cda_in_a_binary__is_read),
	HR_TEST(test_enclosed__a_document_reference_in_xml__is_read),
	HR_TEST(test_enclosed__in_a_bundle__stands_behind_its_own_reports),
	HR_TEST(test_enclosed__two_deep__is_read_and_three_is_not),
	HR_TEST(test_enclosed__a_pdf_beside_it__is_passed_over),
	HR_TEST(test_enclosed__only_a_pdf__is_refused_by_name),
	HR_TEST(test_enclosed__one_document_in_two_formats__is_one_report),
	HR_TEST(test_enclosed__a_damaged_document__refuses_the_input),
	HR_TEST(test_enclosed__what_the_reference_says_of_it__counts),
	HR_TEST(test_enclosed__nothing_but_a_link__holds_no_report),
	HR_TEST(test_enclosed__a_document_that_is_replaced__is_marked),
	HR_TEST(test_enclosed__replacing_what_is_not_there__is_a_correction),
	HR_TEST(test_enclosed__what_is_said_of_a_binary__counts),
	HR_TEST(test_enclosed__documents_that_replace_each_other__are_told_apart),
	HR_TEST(test_enclosed__a_form_of_a_report_without_results__stands_for_it),
	HR_TEST(test_enclosed__a_form_of_another_patient__is_ambiguous),
	HR_TEST(test_enclosed__a_form_beside_results__is_not_read_and_said),
	HR_TEST(test_enclosed__a_form_that_cannot_be_read__is_passed_over_and_said),
	HR_TEST(test_enclosed__a_form_in_what_is_no_bundle__is_refused_by_name),
	HR_TEST(test_enclosed__a_form_of_two_reports__stands_for_its_own),
	HR_TEST(test_enclosed__over_1000_documents__are_refused),
};
HR_TEST_MAIN("fhir_enclosed", tests)
