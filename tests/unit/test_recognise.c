/*
 * The decision, one behaviour a test, over a small made-up catalogue
 * (tests/data/catalog/decision). A test says what differs from a sound report:
 * TSH of 滨海示范医院, collected on 2024-03-01, asked in 东城 the day after.
 */
#include "recognition/recognition.h"

#include "testing.h"

#define DONGCHENG "12110101400000001P"
#define XICHENG	  "121101024000000029"
#define WUHAN	  "12420100400000003P"
#define BINHAI	  "12120000400000002B"
#define HEBEI_QU  "121200004000000119"
#define DINGZHOU  "12130000400000003J"

struct ask {
	const char *name, *loinc, *display, *value, *unit, *unit_code, *specimen;
	const char *collected, *received, *tested, *reported;
	const char *uscc, *institution, *performer;
	const char *receiver, *at, *mark, *mark_seen, *device, *campus;
	const char *modality, *body_part, *contrast;
	const char *order;
	hr_format format;
	hr_kind kind;
	hr_status status;
	hr_setting setting;
	hr_answer intervened;
	bool carries_marks, replaced, patient_ambiguous;
	const hr_patient *patient, *told;
};

static struct ask sound(void)
{
	return (struct ask){
		.name = "TSH",
		.value = "3.21",
		.unit = "mIU/L",
		.specimen = "血清",
		.collected = "2024-03-01T08:00:00",
		.received = "2024-03-01T08:30:00",
		.tested = "2024-03-01",
		.reported = "2024-03-01T15:00:00",
		.uscc = BINHAI,
		.institution = "滨海示范医院",
		.receiver = DONGCHENG,
		.at = "2024-03-02T09:00:00",
		.kind = HR_KIND_LAB,
	};
}

static struct ask exam(const char *name, const char *order)
{
	struct ask a = sound();

	a.kind = HR_KIND_EXAM;
	a.name = name;
	a.value = a.unit = a.specimen = NULL;
	a.order = order;
	return a;
}

static hr_catalog *catalog(void)
{
	hr_catalog *made = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("tests/data/catalog/decision", NULL, &made, &err), err);
	return made;
}

static hr_field field(const char *text)
{
	return (hr_field){ .text = hr_str_of(text) };
}

#define NO_DAY "2024-02-31"

static hr_time moment(const char *text)
{
	hr_time time = { .text = hr_str_of(text) };

	/* A time that does not exist stays in the report as it was written. */
	if (text)
		CU_ASSERT_EQUAL(hr_span_parse(time.text, &time.span), strcmp(text, NO_DAY) != 0);
	return time;
}

/* A report of one result, in static storage: one test at a time. */
static const hr_report *report_of(const struct ask *a)
{
	static hr_code code, specimen, id, performer_id;
	static hr_result result;
	static hr_report report;
	static hr_party performer;
	static hr_field mark;

	code = (hr_code){ HR_LOINC_SYSTEM_FHIR, hr_str_of(a->loinc), hr_str_of(a->display), { 0 } };
	specimen = (hr_code){ .display = hr_str_of(a->specimen) };
	id = (hr_code){ .code = hr_str_of(a->uscc) };
	performer_id = (hr_code){ .code = hr_str_of(a->performer) };
	performer = (hr_party){ .ids = &performer_id, .id_count = 1 };
	mark = field(a->mark);
	result = (hr_result){
		.kind = a->kind,
		.codes = &code,
		.code_count = a->loinc != NULL,
		.name = field(a->name),
		.value = field(a->value),
		.unit = field(a->unit),
		.unit_code = field(a->unit_code),
		.device = field(a->device),
		.specimens = &specimen,
		.specimen_count = a->specimen != NULL,
		.modality = field(a->modality),
		.body_part = field(a->body_part),
		.contrast = field(a->contrast),
	};
	report = (hr_report){
		.kind = a->kind,
		.status = a->status,
		.issuer = { .name = field(a->institution),
			    .ids = &id,
			    .id_count = a->uscc != NULL,
			    .campus = field(a->campus) },
		.performer = a->performer ? &performer : NULL,
		.times = { moment(a->collected), moment(a->received), moment(a->tested),
			   moment(a->reported) },
		.marks = &mark,
		.mark_count = a->mark != NULL,
		.carries_marks = a->carries_marks,
		.format = a->format,
		.replaced = a->replaced,
		.patient_ambiguous = a->patient_ambiguous,
		.results = &result,
		.result_count = 1,
	};
	if (a->told)
		report.patient = *a->told;
	return &report;
}

struct answer {
	hr_arena *arena;
	hr_catalog *catalog;
	hr_verdict verdict;
	hr_question question;
	hr_str order;
};

static void ask(const struct ask *a, struct answer *out)
{
	hr_error err;

	memset(out, 0, sizeof(*out));
	out->arena = hr_test_arena();
	out->catalog = catalog();
	out->order = hr_str_of(a->order);
	out->question = (hr_question){
		.receiver = hr_str_of(a->receiver),
		.setting = a->setting,
		.intervened = a->intervened,
		.mark_seen = hr_str_of(a->mark_seen),
		.patient = a->patient,
		.orders = &out->order,
		.order_count = a->order != NULL,
	};
	CU_ASSERT_TRUE(hr_instant_parse(hr_str_of(a->at), &out->question.at));
	if (out->catalog)
		HR_ASSERT_OK(hr_recognise(out->catalog, report_of(a), &out->question, out->arena,
					  &out->verdict, &err),
			     err);
}

static void done(struct answer *a)
{
	hr_arena_close(a->arena);
	hr_catalog_unref(a->catalog);
}

static void list_reasons(hr_reasons reasons, hr_buf *out)
{
	for (uint32_t i = 0; i < reasons.count; i++) {
		if (out->len)
			HR_BUF_ADD(out, " ");
		hr_buf_add(out, hr_reason_row_get(reasons.list[i].id)->code);
	}
}

static hr_str reasons_of(const struct answer *a, const char *regime)
{
	const hr_decision *d = a->verdict.decisions;
	hr_buf buf;

	hr_buf_init(&buf, a->arena, 4096);
	list_reasons(a->verdict.reasons, &buf);
	list_reasons(d->reasons, &buf);
	for (uint32_t i = 0; i < d->ruling_count; i++)
		if (hr_str_equal(d->rulings[i].regime->id, hr_str_of(regime)))
			list_reasons(d->rulings[i].reasons, &buf);
	return hr_buf_str(&buf);
}

/* The item's outcome, and the reasons of the report, of the item and of one regime. */
static void expect_under(const struct ask *a, const char *regime, hr_outcome outcome,
			 const char *reasons)
{
	struct answer answer;

	ask(a, &answer);
	HR_ASSERT_TEXT(reasons_of(&answer, regime), reasons);
	HR_ASSERT_TEXT(hr_outcome_word(answer.verdict.decisions[0].outcome),
		       hr_outcome_word(outcome).data);
	CU_ASSERT_EQUAL(answer.verdict.outcome, answer.verdict.decisions[0].outcome);
	done(&answer);
}

static void expect(const struct ask *a, hr_outcome outcome, const char *reasons)
{
	expect_under(a, "jjj", outcome, reasons);
}

#define YES  HR_OUTCOME_RECOGNISED
#define NO   HR_OUTCOME_NOT_RECOGNISED
#define OPEN HR_OUTCOME_UNDECIDED

/* --- the whole --- */

static void test_recognise__listed_granted_and_within_window__is_recognised(void)
{
	struct ask a = sound();

	expect(&a, YES, "mark-not-carried");
}

static void test_recognise__paper_on_which_nobody_looked_for_a_mark__says_so(void)
{
	struct ask a = sound();

	a.format = HR_FORMAT_PAPER;
	expect(&a, YES, "mark-not-looked");
	a.mark_seen = "none";
	expect(&a, NO, "mark-absent");
}

static void test_recognise__twice__is_the_same_verdict(void)
{
	struct ask a = sound();
	struct answer one;
	struct answer two;

	ask(&a, &one);
	ask(&a, &two);
	CU_ASSERT_EQUAL(one.verdict.decisions[0].rulings[0].until.second,
			two.verdict.decisions[0].rulings[0].until.second);
	HR_ASSERT_TEXT(reasons_of(&one, "jjj"), reasons_of(&two, "jjj").data);
	done(&one);
	done(&two);
}

static void test_recognise__every_failing_rule__is_reported(void)
{
	struct ask a = sound();

	a.name = "CEA";
	a.unit = "ng/mL";
	a.receiver = WUHAN;
	a.status = HR_STATUS_PRELIMINARY;
	expect(&a, NO,
	       "preliminary receiver-not-member grant-missing mark-not-carried window-unknown");
}

/* --- many lines --- */

enum { LINES = 40, LINE_KINDS = 8 };

/* Lines that differ in what a ruling may look at: item, time, device. */
static hr_result line_of(size_t kind)
{
	static const struct {
		const char *name, *unit, *collected, *device;
	} kinds[LINE_KINDS] = {
		{ "TSH", "mIU/L", NULL, NULL },		{ "钙", "mmol/L", NULL, NULL },
		{ "TSH", "mIU/L", "2024-03-01", NULL }, { "TSH", "mIU/L", "2023-02-01", NULL },
		{ "TSH", "mIU/L", NULL, "示范-1" },	{ "TSH", "mIU/L", NULL, "示范-9000" },
		{ "CEA", "ng/mL", NULL, NULL },		{ "没有这个项目", "ng/mL", NO_DAY, NULL },
	};

	return (hr_result){
		.kind = HR_KIND_LAB,
		.name = field(kinds[kind].name),
		.value = field("1"),
		.unit = field(kinds[kind].unit),
		.device = field(kinds[kind].device),
		.times = { moment(kinds[kind].collected) },
	};
}

static void expect_same_reasons(hr_reasons a, hr_reasons b)
{
	CU_ASSERT_EQUAL_FATAL(a.count, b.count);
	for (uint32_t i = 0; i < a.count; i++) {
		CU_ASSERT_EQUAL(a.list[i].id, b.list[i].id);
		CU_ASSERT_TRUE(hr_str_equal(a.list[i].value, b.list[i].value));
		CU_ASSERT_TRUE(hr_str_equal(a.list[i].arg, b.list[i].arg));
		CU_ASSERT_PTR_EQUAL(a.list[i].origin, b.list[i].origin);
		CU_ASSERT_PTR_EQUAL(a.list[i].place.node, b.list[i].place.node);
	}
}

static void expect_same_decision(const hr_decision *a, const hr_decision *b)
{
	CU_ASSERT_EQUAL(a->outcome, b->outcome);
	CU_ASSERT_EQUAL(a->obligation, b->obligation);
	CU_ASSERT_EQUAL_FATAL(a->ruling_count, b->ruling_count);
	expect_same_reasons(a->reasons, b->reasons);
	for (uint32_t i = 0; i < a->ruling_count; i++) {
		CU_ASSERT_PTR_EQUAL(a->rulings[i].regime, b->rulings[i].regime);
		CU_ASSERT_PTR_EQUAL(a->rulings[i].grant, b->rulings[i].grant);
		CU_ASSERT_EQUAL(a->rulings[i].until.second, b->rulings[i].until.second);
		expect_same_reasons(a->rulings[i].reasons, b->rulings[i].reasons);
	}
}

static void recognise_lines(const struct answer *a, const hr_result *lines, uint32_t count,
			    hr_verdict *out)
{
	hr_report *report = HR_NEW(a->arena, hr_report);
	hr_error err;

	*report = *a->verdict.report;
	report->results = lines;
	report->result_count = count;
	HR_ASSERT_OK(hr_recognise(a->catalog, report, &a->question, a->arena, out, &err), err);
}

/* Lines share what a regime says of them: nobody may be able to tell. */
static void test_recognise__many_lines__each_is_decided_as_if_alone(void)
{
	struct ask a = sound();
	hr_verdict together;
	struct answer answer;
	hr_result *lines;
	uint64_t seed = 1;

	a.receiver = XICHENG;
	ask(&a, &answer);
	lines = HR_NEW_N(answer.arena, hr_result, LINES);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lines);
	for (size_t i = 0; i < LINES; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		/* In pairs, so that equal lines stand beside each other too. */
		lines[i] = i % 2 ? lines[i - 1] : line_of((seed >> 33) % LINE_KINDS);
		lines[i].name.place.node = &lines[i];
		lines[i].times[HR_EVENT_COLLECTED].place.node = &lines[i];
		lines[i].device.place.node = &lines[i];
	}
	recognise_lines(&answer, lines, LINES, &together);
	for (size_t i = 0; i < LINES; i++) {
		hr_verdict alone;

		recognise_lines(&answer, &lines[i], 1, &alone);
		expect_same_decision(&together.decisions[i], &alone.decisions[0]);
	}
	done(&answer);
}

/* --- what is made up --- */

static hr_str replaced(hr_arena *arena, hr_str text, hr_str from, hr_str to)
{
	hr_buf buf;
	size_t at;

	hr_buf_init(&buf, arena, 1 << 20);
	while ((at = hr_str_find(text, from)) < text.len) {
		hr_buf_add(&buf, hr_str_slice(text, 0, at));
		hr_buf_add(&buf, to);
		text = hr_str_slice(text, at + from.len, text.len);
	}
	hr_buf_add(&buf, text);
	CU_ASSERT_FALSE(buf.failed);
	return hr_buf_str(&buf);
}

/* The catalogue of these tests, in which nothing but the elements that begin so is made up. */
static hr_catalog *catalog_made_up(hr_arena *arena, const char *start)
{
	hr_str made_up = replaced(arena, HR_STR("START grade=\"synthetic\""), HR_STR("START"),
				  hr_str_of(start));
	hr_catalog *catalog = NULL;
	hr_file files[16];
	hr_fileset set;
	hr_error err;

	HR_ASSERT_OK(hr_fileset_read("tests/data/catalog/decision", HR_STR(".xml"),
				     &hr_fileset_catalogue_limits, arena, &set, &err),
		     err);
	for (size_t i = 0; i < set.count && i < 16; i++) {
		hr_str text = replaced(arena, set.files[i].bytes, HR_STR("grade=\"synthetic\""),
				       HR_STR("grade=\"secondary\""));

		files[i] = set.files[i];
		files[i].bytes = replaced(arena, text, hr_str_of(start), made_up);
	}
	set.files = files;
	HR_ASSERT_OK(
		hr_catalog_build(&set, NULL, HR_STR("test"), (hr_instant){ 7 }, &catalog, &err),
		err);
	return catalog;
}

static void check_synthetic(const char *start, bool counts)
{
	struct ask a = sound();
	struct answer answer = { .arena = hr_test_arena() };
	hr_error err;

	answer.catalog = catalog_made_up(answer.arena, start);
	answer.question.receiver = hr_str_of(a.receiver);
	CU_ASSERT_TRUE(hr_instant_parse(hr_str_of(a.at), &answer.question.at));
	if (answer.catalog)
		HR_ASSERT_OK(hr_recognise(answer.catalog, report_of(&a), &answer.question,
					  answer.arena, &answer.verdict, &err),
			     err);
	CU_ASSERT_EQUAL(answer.verdict.synthetic, counts);
	done(&answer);
}

static void test_synthetic__each_record_that_decided__counts(void)
{
	check_synthetic("<lab code=\"TSH\"", true);
	check_synthetic("<item-list status=\"complete\" from=\"2016-10-01\"", true);
	check_synthetic("<grant-list status=\"complete\" from=\"2016-10-01\"", true);
	check_synthetic("<window items=\"TSH\"", true);
}

static void test_synthetic__a_record_that_was_not_needed__does_not_count(void)
{
	check_synthetic("<no-such-element", false);
	check_synthetic("<lab code=\"ALT\"", false);
	check_synthetic("<item-list status=\"partial\"", false);
	check_synthetic("<window items=\"K\"", false);
}

/* --- identity --- */

static void test_identity__another_name__is_a_conflict(void)
{
	hr_patient asked = { .name = field("示范甲"), .birth = field("1956-03-15") };
	hr_patient told = { .name = field("示范乙"), .birth = field("19560315") };
	struct ask a = sound();

	a.patient = &asked;
	a.told = &told;
	expect(&a, NO, "patient-conflict mark-not-carried");
}

static void test_identity__same_name_and_birth__is_verified(void)
{
	hr_patient asked = { .name = field("示范甲"), .birth = field("1956-03-15") };
	hr_patient told = { .name = field("示范甲"), .birth = field("19560315") };
	struct ask a = sound();

	a.patient = &asked;
	a.told = &told;
	expect(&a, YES, "mark-not-carried");
}

static void test_identity__only_the_name__is_not_enough(void)
{
	hr_patient asked = { .name = field("示范甲"), .birth = field("1956-03-15") };
	hr_patient told = { .name = field("示范甲") };
	struct ask a = sound();

	a.patient = &asked;
	a.told = &told;
	expect(&a, OPEN, "patient-unverified mark-not-carried");
}

static void test_identity__another_identity_number__is_a_conflict_that_does_not_tell_it(void)
{
	hr_code one = {
		HR_STR("2.16.156.10011.1.3"), HR_STR("120116195603150021"), HR_STR_NONE, { 0 }
	};
	hr_code two = { HR_STR("urn:oid:2.16.156.10011.1.3"),
			HR_STR("110101199001010015"),
			HR_STR_NONE,
			{ 0 } };
	hr_patient asked = { .ids = &one, .id_count = 1 };
	hr_patient told = { .ids = &two, .id_count = 1 };
	struct ask a = sound();
	struct answer answer;

	a.patient = &asked;
	a.told = &told;
	ask(&a, &answer);
	CU_ASSERT_EQUAL(answer.verdict.reasons.list[0].id, HR_REASON_PATIENT_CONFLICT);
	HR_ASSERT_TEXT(answer.verdict.reasons.list[0].arg, "身份证号");
	CU_ASSERT_EQUAL(answer.verdict.reasons.list[0].value.len, 0);
	done(&answer);
}

/* With the same valid identity number. */
static void expect_numbered(hr_patient asked, hr_patient told, hr_outcome outcome,
			    const char *reasons)
{
	static const hr_code card = {
		HR_STR_INIT("2.16.156.10011.1.3"), HR_STR_INIT("120116195603150021"), { 0 }, { 0 }
	};
	struct ask a = sound();

	asked.ids = told.ids = &card;
	asked.id_count = told.id_count = 1;
	a.patient = &asked;
	a.told = &told;
	expect(&a, outcome, reasons);
}

static void test_identity__one_field_beside_the_same_number__is_for_the_doctor(void)
{
	hr_patient patient = { .name = field("示范甲"), .birth = field("1956-03-15") };
	hr_patient renamed = { .name = field("示范乙"), .birth = field("1956-03-15") };
	hr_patient reborn = { .name = field("示范甲"), .birth = field("1956-02-04") };

	expect_numbered(patient, patient, YES, "mark-not-carried");
	expect_numbered(patient, renamed, OPEN, "patient-differs mark-not-carried");
	expect_numbered(patient, reborn, OPEN, "patient-differs mark-not-carried");
}

static void test_identity__two_fields_beside_the_same_number__are_another_person(void)
{
	hr_patient patient = { .name = field("示范甲"), .sex = field("1") };
	hr_patient other = { .name = field("示范乙"), .sex = field("2") };

	expect_numbered(patient, other, NO, "patient-conflict mark-not-carried");
}

static void test_identity__identity_number_with_a_wrong_check_digit__is_not_compared(void)
{
	hr_code one = {
		HR_STR("2.16.156.10011.1.3"), HR_STR("120116195603150022"), HR_STR_NONE, { 0 }
	};
	hr_patient asked = { .ids = &one, .id_count = 1 };
	struct ask a = sound();

	a.patient = &asked;
	a.told = &asked;
	expect(&a, OPEN, "patient-unverified mark-not-carried");
}

static void test_identity__two_patients_in_one_report__is_refused(void)
{
	struct ask a = sound();

	a.patient_ambiguous = true;
	expect(&a, NO, "patient-ambiguous mark-not-carried");
}

/* --- the item --- */

static void test_item__calcium__is_not_procalcitonin(void)
{
	struct ask a = sound();

	a.name = "降钙素原";
	a.unit = "ng/mL";
	expect(&a, NO, "item-not-listed mark-not-carried window-unknown");
	a.name = "钙";
	a.unit = "mmol/L";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__igg4__is_not_igg(void)
{
	struct ask a = sound();

	a.name = "IgG4";
	a.unit = "g/L";
	expect(&a, NO, "item-not-listed mark-not-carried window-unknown");
}

static void test_item__tg_in_ng_ml__is_thyroglobulin_and_not_triglyceride(void)
{
	struct ask a = sound();
	struct answer answer;

	a.name = "TG";
	a.unit = "ng/mL";
	ask(&a, &answer);
	HR_ASSERT_TEXT(hr_catalog_get_item(answer.catalog, answer.verdict.decisions[0].item)->code,
		       "Tg-protein");
	done(&answer);
	a.unit = "mmol/L";
	ask(&a, &answer);
	HR_ASSERT_TEXT(hr_catalog_get_item(answer.catalog, answer.verdict.decisions[0].item)->code,
		       "TG");
	done(&answer);
}

static void test_item__p_that_may_be_phosphate_or_progesterone__is_ambiguous(void)
{
	struct ask a = sound();

	a.name = "P";
	a.unit = "mmol/L";
	expect(&a, OPEN, "item-ambiguous mark-not-carried window-unknown");
}

static void test_item__ft3__is_not_t3(void)
{
	struct ask a = sound();
	struct answer answer;

	a.name = "FT3";
	a.unit = "pmol/L";
	ask(&a, &answer);
	HR_ASSERT_TEXT(hr_catalog_get_item(answer.catalog, answer.verdict.decisions[0].item)->code,
		       "FT3");
	done(&answer);
}

static void test_item__name_with_its_abbreviation__is_found(void)
{
	struct ask a = sound();

	a.name = "促甲状腺激素(TSH)";
	expect(&a, YES, "mark-not-carried");
	a.name = "促甲状腺激素 TSH";
	expect(&a, YES, "mark-not-carried");
	a.name = "促甲状腺激素（ＴＳＨ）";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__unknown_name_with_a_known_abbreviation__is_unknown(void)
{
	struct ask a = sound();

	a.name = "某新抗体(TSH)";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
}

static void test_item__urine_potassium__is_not_serum_potassium(void)
{
	struct ask a = sound();

	a.name = "钾";
	a.unit = "mmol/L";
	a.specimen = "尿";
	expect(&a, NO, "specimen-mismatch mark-not-carried");
}

static void test_item__no_specimen__is_open_by_name_and_settled_by_loinc(void)
{
	struct ask a = sound();

	a.specimen = NULL;
	expect(&a, OPEN, "specimen-missing mark-not-carried");
	a.loinc = "3016-3";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__loinc_of_another_item__is_a_conflict(void)
{
	/* Wrong pairs met in public code: ALT's name under potassium's code. */
	struct ask a = sound();

	a.name = "谷丙转氨酶";
	a.loinc = "2823-3";
	a.unit = "U/L";
	expect(&a, NO, "code-conflict mark-not-carried window-unknown");
}

/* A code that the catalogue does not know: only what is written beside it may speak. */
#define UNKNOWN_CODE "99999-9"

static void test_item__words_beside_the_code_of_another_item__are_a_conflict(void)
{
	struct ask a = sound();

	a.loinc = "3016-3";
	a.display = "丙氨酸氨基转移酶";
	expect(&a, NO, "code-conflict mark-not-carried window-unknown");
	a.display = "促甲状腺激素";
	expect(&a, YES, "mark-not-carried");
	a.display = "Thyrotropin in Serum";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__printed_name_and_words_beside_the_code__must_agree(void)
{
	struct ask a = sound();
	struct answer answer;

	a.loinc = UNKNOWN_CODE;
	a.display = "游离三碘甲状腺原氨酸";
	ask(&a, &answer);
	HR_ASSERT_TEXT(reasons_of(&answer, "jjj"), "name-conflict mark-not-carried window-unknown");
	HR_ASSERT_TEXT(answer.verdict.decisions[0].reasons.list[0].arg,
		       "促甲状腺激素、游离三碘甲状腺原氨酸");
	done(&answer);
}

static void test_item__words_beside_the_code__narrow_an_ambiguous_name(void)
{
	struct ask a = sound();

	a.name = "P";
	a.unit = "mmol/L";
	a.loinc = UNKNOWN_CODE;
	a.display = "磷";
	expect(&a, OPEN, "code-unknown mark-not-carried window-unknown");
}

static void test_item__words_beside_the_code_alone__never_speak_for_an_unknown_name(void)
{
	struct ask a = sound();
	struct answer answer;

	a.name = "某新抗体";
	a.loinc = UNKNOWN_CODE;
	a.display = "促甲状腺激素";
	ask(&a, &answer);
	HR_ASSERT_TEXT(reasons_of(&answer, "jjj"), "name-unknown mark-not-carried window-unknown");
	CU_ASSERT_EQUAL(answer.verdict.outcome, OPEN);
	HR_ASSERT_TEXT(answer.verdict.decisions[0].reasons.list[0].arg, "促甲状腺激素");
	done(&answer);
	a.name = NULL;
	expect(&a, OPEN, "code-unknown mark-not-carried");
	a.loinc = "3016-3";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__known_code_of_an_unknown_name__is_open(void)
{
	struct ask a = sound();

	a.name = "某院促甲状腺素测定";
	a.loinc = "3016-3";
	expect(&a, OPEN, "name-unknown mark-not-carried");
	a.display = "促甲状腺激素";
	expect(&a, OPEN, "name-unknown mark-not-carried");
	/* Nothing but the code is printed. */
	a.name = "3016-3";
	expect(&a, YES, "mark-not-carried");
	a.name = a.display = NULL;
	expect(&a, YES, "mark-not-carried");
}

static void test_item__unknown_code_of_a_known_name__is_open(void)
{
	struct ask a = sound();

	a.loinc = UNKNOWN_CODE;
	expect(&a, OPEN, "code-unknown mark-not-carried");
	/* Of IgG4 no code is known at all. */
	a.name = "IgG4";
	a.unit = "g/L";
	expect(&a, NO, "item-not-listed mark-not-carried window-unknown");
}

static void test_item__name_and_its_abbreviation_of_two_items__is_a_conflict(void)
{
	struct ask a = sound();
	struct answer answer;

	a.name = "三碘甲状腺原氨酸(FT3)";
	a.unit = "nmol/L";
	ask(&a, &answer);
	HR_ASSERT_TEXT(reasons_of(&answer, "jjj"), "name-conflict mark-not-carried window-unknown");
	CU_ASSERT_EQUAL(answer.verdict.outcome, NO);
	HR_ASSERT_TEXT(answer.verdict.decisions[0].reasons.list[0].arg,
		       "三碘甲状腺原氨酸、游离三碘甲状腺原氨酸");
	done(&answer);
	a.loinc = "14930-2";
	expect(&a, NO, "code-conflict mark-not-carried window-unknown");
}

static void test_item__abbreviation_behind_an_unknown_name__says_nothing(void)
{
	struct ask a = sound();

	/* 游离T3 is FT3, though the catalogue knows only its abbreviation, as another item's. */
	a.name = "游离T3";
	a.unit = "pmol/L";
	a.loinc = "14928-6";
	expect(&a, OPEN, "name-unknown mark-not-carried window-unknown");
	a.name = "三碘甲状腺原氨酸, 游离";
	a.display = "Free T3";
	expect(&a, OPEN, "name-unknown mark-not-carried window-unknown");
	a.loinc = NULL;
	a.name = "游离T3";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
}

static void test_item__name_with_an_unknown_word_behind__is_unknown(void)
{
	struct ask a = sound();

	a.name = "促甲状腺激素 Ab";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
	a.name = "TSH Ab";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
	a.name = "促甲状腺激素(抗体)";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
	a.name = "促甲状腺激素(尿)";
	expect(&a, OPEN, "item-unknown mark-not-carried window-unknown");
	a.name = "促甲状腺激素(化学发光法)";
	expect(&a, YES, "mark-not-carried");
	a.name = "促甲状腺激素(血清)";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__loinc_of_the_mass_unit__is_another_item(void)
{
	struct ask a = sound();

	a.name = "钙";
	a.loinc = "17861-6";
	a.unit = "mg/dL";
	expect(&a, NO, "code-unit-conflict unit-mismatch mark-not-carried");
	/* The unit is right, and the code is not. */
	a.unit = "mmol/L";
	expect(&a, NO, "code-unit-conflict mark-not-carried");
	a.unit = NULL;
	expect(&a, NO, "code-unit-conflict mark-not-carried");
}

static void test_item__unit_of_another_class__is_not_converted(void)
{
	struct ask a = sound();

	a.unit = "ng/mL";
	expect(&a, NO, "unit-mismatch mark-not-carried");
}

static void test_item__unit_missing_or_unknown__is_open(void)
{
	struct ask a = sound();

	a.unit = NULL;
	expect(&a, OPEN, "unit-missing mark-not-carried");
	a.unit = "每斤";
	expect(&a, OPEN, "unit-unknown mark-not-carried");
}

static void test_item__unit_known_only_by_its_code__is_settled(void)
{
	struct ask a = sound();

	a.unit = "毫国际单位每升";
	a.unit_code = "m[IU]/L";
	expect(&a, YES, "mark-not-carried");
}

static void test_item__printed_unit_and_code_of_two_classes__is_a_mismatch(void)
{
	struct ask a = sound();

	a.unit_code = "ng/mL";
	expect(&a, NO, "unit-mismatch mark-not-carried");
}

static void test_item__qualitative_result__needs_no_unit(void)
{
	struct ask a = sound();

	a.name = "乙肝表面抗原";
	a.value = "阴性(-)";
	a.unit = NULL;
	expect(&a, OPEN, "mark-not-carried window-unknown");
}

static void test_item__without_value__is_refused(void)
{
	struct ask a = sound();

	a.value = NULL;
	expect(&a, NO, "value-missing mark-not-carried");
}

static void test_item__exam_by_modality_and_part__is_found(void)
{
	struct ask a = sound();
	struct answer answer;

	a.kind = HR_KIND_EXAM;
	a.name = "Thorax";
	a.value = a.unit = a.specimen = NULL;
	a.modality = "CT";
	a.body_part = "CHEST";
	a.contrast = "with";
	ask(&a, &answer);
	HR_ASSERT_TEXT(hr_catalog_get_item(answer.catalog, answer.verdict.decisions[0].item)->code,
		       "CT-CHEST-C");
	done(&answer);
}

static void test_item__exam_of_another_part_than_its_name__is_a_conflict(void)
{
	struct ask a = sound();

	a.kind = HR_KIND_EXAM;
	a.name = "胸部CT平扫";
	a.value = a.unit = a.specimen = NULL;
	a.modality = "CT";
	a.body_part = "HEAD";
	expect(&a, NO, "code-conflict mark-not-carried");
}

static void test_item__lab_item_without_value_in_an_exam__is_refused(void)
{
	struct ask a = sound();

	a.kind = HR_KIND_EXAM;
	a.value = NULL;
	expect(&a, NO, "value-missing mark-not-carried");
}

/* --- regimes and members --- */

static void test_regime__receiver_of_another_region__is_no_member(void)
{
	struct ask a = sound();

	a.receiver = WUHAN;
	expect(&a, NO, "receiver-not-member mark-not-carried");
}

static void test_regime__hebei_district_of_tianjin__is_tianjin(void)
{
	struct ask a = sound();

	a.receiver = HEBEI_QU;
	expect(&a, YES, "mark-not-carried");
}

static void test_regime__no_receiver__is_an_open_step(void)
{
	struct ask a = sound();

	a.receiver = NULL;
	expect(&a, OPEN, "receiver-not-given mark-not-carried");
	a.receiver = "12110000400000009X";
	expect(&a, OPEN, "receiver-unknown mark-not-carried");
}

static void test_regime__past_its_last_day__is_not_in_force(void)
{
	struct ask a = sound();

	expect_under(&a, "ended", YES,
		     "regime-not-in-force grant-missing mark-not-carried window-unknown");
}

static void test_regime__all_items_all_members__needs_no_rows(void)
{
	struct ask a = sound();

	a.name = "孕酮";
	a.unit = "nmol/L";
	a.uscc = HEBEI_QU;
	a.institution = NULL;
	a.receiver = XICHENG;
	expect_under(&a, "alliance", YES, "");
}

/* --- lists and grants --- */

static void test_list__absent_from_a_partial_list__is_open(void)
{
	struct ask a = sound();

	a.name = "IgG4";
	a.unit = "g/L";
	a.collected = "2025-03-01T08:00:00";
	a.received = NULL;
	a.tested = "2025-03-01";
	a.reported = "2025-03-01T15:00:00";
	a.at = "2025-03-02T09:00:00";
	expect(&a, OPEN, "list-incomplete mark-not-carried window-unknown");
}

static void test_list__outside_every_known_period__is_open(void)
{
	struct ask a = sound();

	a.collected = "2026-03-01T08:00:00";
	a.received = NULL;
	a.tested = "2026-03-01";
	a.reported = "2026-03-01T15:00:00";
	a.at = "2026-03-02T09:00:00";
	expect(&a, OPEN, "list-period-unknown list-period-unknown mark-not-carried");
}

static void test_grant__thirteenth_of_twelve_items__is_missing(void)
{
	struct ask a = sound();

	a.uscc = HEBEI_QU;
	a.institution = NULL;
	a.tested = "2023-03-01";
	a.collected = "2023-03-01T08:00:00";
	a.received = NULL;
	a.reported = "2023-03-01";
	a.at = "2023-03-02";
	expect(&a, YES, "mark-not-carried");
	a.name = "钾";
	a.unit = "mmol/L";
	expect(&a, NO, "grant-missing mark-not-carried");
}

static void test_grant__the_day_after_its_last_day__is_missing(void)
{
	struct ask a = sound();

	a.uscc = HEBEI_QU;
	a.institution = NULL;
	a.received = NULL;
	a.collected = a.tested = a.reported = "2023-12-31";
	a.at = "2024-01-02";
	expect(&a, YES, "mark-not-carried");
	a.collected = a.tested = a.reported = "2024-01-01";
	expect(&a, NO, "grant-missing mark-not-carried");
}

static void test_grant__withdrawn_before_the_test__is_refused(void)
{
	struct ask a = sound();

	a.uscc = DINGZHOU;
	a.institution = NULL;
	a.received = NULL;
	a.collected = a.tested = a.reported = "2025-02-01";
	a.at = "2025-02-02";
	expect(&a, NO, "grant-withdrawn mark-not-carried");
}

static void test_grant__withdrawn_after_the_test__stays_with_a_notice(void)
{
	struct ask a = sound();

	a.uscc = DINGZHOU;
	a.institution = NULL;
	a.received = NULL;
	a.collected = a.tested = a.reported = "2025-01-31";
	a.at = "2025-02-02";
	expect(&a, YES, "withdrawn-later mark-not-carried");
}

static void test_grant__withdrawn_within_an_imprecise_month__is_open(void)
{
	struct ask a = sound();

	a.uscc = DINGZHOU;
	a.institution = NULL;
	a.received = NULL;
	a.collected = a.reported = "2025-01-20";
	a.tested = "2025";
	a.at = "2025-02-02";
	expect(&a, OPEN, "event-imprecise withdrawn-later mark-not-carried");
}

static void test_grant__narrowed_to_a_device__asks_for_it(void)
{
	struct ask a = sound();

	a.receiver = XICHENG;
	expect_under(&a, "xicheng", YES, "device-not-said mark-not-carried window-unknown");
	a.device = "示范-1";
	expect_under(&a, "xicheng", YES, "device-not-granted mark-not-carried window-unknown");
	a.device = "示范-9000";
	expect_under(&a, "xicheng", YES, "mark-not-carried window-unknown");
}

static void test_grant__narrowed_to_a_campus__asks_for_it_by_key_or_name(void)
{
	struct ask a = sound();

	a.receiver = XICHENG;
	a.name = "钙";
	a.unit = "mmol/L";
	expect_under(&a, "xicheng", YES,
		     "item-not-listed campus-not-said mark-not-carried window-unknown");
	a.campus = "南院";
	expect_under(&a, "xicheng", YES,
		     "item-not-listed campus-not-granted mark-not-carried window-unknown");
	a.campus = "东院";
	expect_under(&a, "xicheng", YES,
		     "item-not-listed campus-unknown mark-not-carried window-unknown");
	a.campus = "北院";
	expect_under(&a, "xicheng", YES, "item-not-listed mark-not-carried window-unknown");
	a.campus = "north";
	expect_under(&a, "xicheng", YES, "item-not-listed mark-not-carried window-unknown");
}

static void test_grant__time_that_spans_two_periods__is_open(void)
{
	struct ask a = sound();

	a.uscc = HEBEI_QU;
	a.institution = NULL;
	a.received = NULL;
	a.collected = a.tested = a.reported = "2023";
	a.at = "2024-01-02";
	expect(&a, OPEN, "mark-not-carried window-edge");
}

/* --- the institution --- */

static void test_institution__by_name_alone__is_said(void)
{
	struct ask a = sound();

	a.uscc = NULL;
	expect(&a, YES, "matched-by-name mark-not-carried");
}

static void test_institution__name_of_two__is_open(void)
{
	struct ask a = sound();

	a.uscc = NULL;
	a.institution = "示范医院";
	expect(&a, OPEN, "institution-ambiguous mark-not-carried");
}

static void test_institution__code_and_name_of_two__is_a_conflict(void)
{
	struct ask a = sound();

	a.institution = "定州示范医院";
	expect(&a, NO, "institution-conflict mark-not-carried");
}

static void test_institution__unknown__is_open_even_where_the_list_is_complete(void)
{
	struct ask a = sound();

	a.uscc = NULL;
	a.institution = "无此示范医院";
	expect(&a, OPEN, "institution-unknown mark-not-carried");
}

static void test_institution__performing_laboratory__counts_and_not_the_letterhead(void)
{
	struct ask a = sound();

	a.uscc = DINGZHOU;
	a.institution = NULL;
	a.name = "ALT";
	a.unit = "U/L";
	expect(&a, NO, "grant-missing mark-not-carried");
	a.performer = BINHAI;
	expect(&a, YES, "performer-differs mark-not-carried");
}

/* --- marks --- */

static hr_obligation obligation(const struct ask *a)
{
	struct answer answer;
	hr_obligation found;

	ask(a, &answer);
	found = answer.verdict.decisions[0].obligation;
	done(&answer);
	return found;
}

static void test_mark__of_the_regime__makes_it_a_duty(void)
{
	struct ask a = sound();

	a.mark = "京津冀HR";
	expect(&a, YES, "");
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_MUST);
	a.mark = "全国HR";
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_MUST);
}

static void test_mark__not_carried__only_encourages(void)
{
	struct ask a = sound();

	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_ENCOURAGED);
	a.mark_seen = "京津冀HR";
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_MUST);
}

static void test_mark__of_another_region__is_a_contradiction_and_only_encourages(void)
{
	struct ask a = sound();

	a.mark = "天津HR";
	expect(&a, NO, "mark-contradicts");
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_ENCOURAGED);
	a.mark = "武汉HR";
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_ENCOURAGED);
	a.mark = "北京市西城区HR";
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_ENCOURAGED);
	a.receiver = XICHENG;
	CU_ASSERT_EQUAL(obligation(&a), HR_OBLIGATION_MUST);
}

static void test_mark__absent_where_it_was_looked_for__is_refused(void)
{
	struct ask a = sound();

	a.mark_seen = "none";
	expect(&a, NO, "mark-absent");
	a.mark_seen = NULL;
	a.carries_marks = true;
	expect(&a, NO, "mark-absent");
}

static void test_mark__nobody_knows__is_as_if_not_carried(void)
{
	struct ask a = sound();

	a.mark = "火星HR";
	expect(&a, YES, "mark-unknown mark-not-carried");
}

static void test_mark__star_before_the_name__counts_only_in_its_years(void)
{
	struct ask a = sound();

	a.name = "★TSH";
	expect(&a, YES, "");
	a.received = NULL;
	a.collected = a.tested = a.reported = "2016-09-30";
	a.at = "2016-10-02";
	expect(&a, OPEN, "list-period-unknown list-period-unknown mark-outdated mark-not-carried");
}

static void test_mark__gx_behind_the_institution__is_taken_off_and_kept(void)
{
	struct ask a = sound();

	a.uscc = NULL;
	a.institution = "滨海示范医院-GX";
	expect(&a, YES, "matched-by-name");
}

/* --- windows --- */

static void test_window__six_hours__are_half_open(void)
{
	struct ask a = sound();

	a.name = "WBC";
	a.unit = "10^9/L";
	a.specimen = "全血";
	a.intervened = HR_ANSWER_NO;
	a.received = NULL;
	a.collected = "2025-03-01T08:00:00";
	a.tested = a.reported = "2025-03-01";
	a.at = "2025-03-01T13:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2025-03-01T14:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__seven_days__end_at_24_00_of_the_last(void)
{
	struct ask a = sound();

	a.name = "钾";
	a.unit = "mmol/L";
	a.at = "2024-03-08T23:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-03-09T00:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__thirty_days_across_a_leap_february__are_thirty_days(void)
{
	struct ask a = sound();

	a.received = NULL;
	a.collected = "2024-02-10T23:59:59";
	a.tested = a.reported = "2024-02-11";
	a.at = "2024-03-11T23:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-03-12T00:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__sixty_days_from_the_report__across_a_leap_day(void)
{
	struct ask a = sound();

	a.name = "ALT";
	a.unit = "U/L";
	a.received = NULL;
	a.collected = a.tested = a.reported = "2024-01-31";
	a.at = "2024-03-31T23:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-04-01T00:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__a_month__ends_on_the_same_numbered_day(void)
{
	struct ask a = sound();

	a.kind = HR_KIND_EXAM;
	a.name = "胸部CT平扫";
	a.value = a.unit = a.specimen = a.received = NULL;
	a.collected = a.tested = a.reported = "2024-01-31";
	a.at = "2024-02-29T23:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-03-01T00:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__hours_from_a_day__cannot_be_told(void)
{
	struct ask a = sound();

	a.name = "IgG";
	a.unit = "g/L";
	a.reported = "20240301";
	a.at = "2024-03-01T20:00:00";
	a.collected = a.tested = "20240301";
	a.received = NULL;
	expect(&a, OPEN, "mark-not-carried window-edge");
}

static void test_window__hours_from_an_hour__are_open_for_that_hour(void)
{
	struct ask a = sound();

	a.name = "IgG";
	a.unit = "g/L";
	a.collected = a.received = a.tested = NULL;
	a.reported = "2024030108";
	a.at = "2024-03-01T13:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-03-01T14:00:00";
	expect(&a, OPEN, "mark-not-carried window-edge");
	a.at = "2024-03-01T14:59:58";
	expect(&a, OPEN, "mark-not-carried window-edge");
	a.at = "2024-03-01T14:59:59";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__utc_time__is_shifted_to_china(void)
{
	struct ask a = sound();

	a.name = "IgG";
	a.unit = "g/L";
	a.collected = a.received = a.tested = NULL;
	a.reported = "2024-03-01T00:30:00Z";
	a.at = "2024-03-01T14:29:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-03-01T14:30:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__event_unstated__decides_only_where_all_readings_agree(void)
{
	struct ask a = sound();

	a.name = "Ca";
	a.unit = "mmol/L";
	a.tested = "2024-03-05";
	a.reported = "2024-03-10";
	a.at = "2024-03-31T23:59:59";
	expect(&a, YES, "mark-not-carried");
	a.at = "2024-04-01T00:00:00";
	expect(&a, OPEN, "mark-not-carried window-event-unstated");
	a.at = "2024-04-10T00:00:00";
	expect(&a, NO, "mark-not-carried window-passed");
}

static void test_window__unless_intervened__asks(void)
{
	struct ask a = sound();

	a.name = "WBC";
	a.unit = "10^9/L";
	a.specimen = "全血";
	a.at = "2024-03-01T12:00:00";
	a.received = NULL;
	a.reported = "2024-03-01T09:00:00";
	expect(&a, OPEN, "mark-not-carried intervention-unknown");
	a.intervened = HR_ANSWER_YES;
	expect(&a, NO, "mark-not-carried intervened");
	a.intervened = HR_ANSWER_NO;
	expect(&a, YES, "mark-not-carried");
}

static void test_window__none_known__is_open(void)
{
	struct ask a = sound();

	a.name = "TG";
	a.unit = "mmol/L";
	expect(&a, OPEN, "mark-not-carried window-unknown");
}

static void test_window__event_not_in_the_report__is_open(void)
{
	struct ask a = sound();

	a.collected = NULL;
	expect(&a, OPEN, "mark-not-carried event-missing");
}

/* --- times and status --- */

static void test_times__none_at_all__is_open(void)
{
	struct ask a = sound();

	a.collected = a.received = a.tested = a.reported = NULL;
	expect(&a, OPEN, "event-missing mark-not-carried event-missing");
}

static void test_times__none_that_can_be_read__is_unreadable_and_not_missing(void)
{
	struct ask a = sound();

	a.collected = a.tested = NO_DAY;
	a.received = a.reported = NULL;
	expect(&a, OPEN, "event-unreadable mark-not-carried event-unreadable");
	a.tested = NULL;
	a.collected = NULL;
	a.reported = NO_DAY;
	expect(&a, OPEN, "event-unreadable mark-not-carried event-missing");
	a.received = "2024-03-01";
	expect(&a, OPEN, "mark-not-carried event-missing");
}

/* The words of the first reason, which is one of the times. */
static void check_event_words(const struct ask *a, const char *zh, const char *en)
{
	struct answer answer;
	const hr_reason *reason;

	ask(a, &answer);
	reason = answer.verdict.decisions[0].reasons.list;
	CU_ASSERT_PTR_NOT_NULL_FATAL(reason);
	HR_ASSERT_TEXT(reason->arg, zh);
	HR_ASSERT_TEXT(reason->arg_en, en);
	done(&answer);
}

static void test_times__words__say_that_an_exam_is_made_and_a_specimen_taken(void)
{
	struct ask a = sound();
	struct ask b = exam("胸部CT平扫", NULL);

	a.at = b.at = "2024-02-29T09:00:00";
	check_event_words(&a, "采样", "collected");
	check_event_words(&b, "检查", "examined");
	a.collected = a.received = a.tested = a.reported = NULL;
	b.collected = b.received = b.tested = b.reported = NULL;
	check_event_words(&a, "检测", "tested");
	check_event_words(&b, "检查", "examined");
}

static void test_times__in_the_future__is_refused(void)
{
	struct ask a = sound();

	a.at = "2024-02-29T09:00:00";
	expect(&a, NO, "event-in-future mark-not-carried");
}

static void test_times__reported_before_collected__is_open(void)
{
	struct ask a = sound();

	a.reported = "2024-02-28";
	expect(&a, OPEN, "dates-disagree mark-not-carried");
}

static void test_status__preliminary_cancelled_replaced__are_refused(void)
{
	struct ask a = sound();

	a.status = HR_STATUS_PRELIMINARY;
	expect(&a, NO, "preliminary mark-not-carried");
	a.status = HR_STATUS_CANCELLED;
	expect(&a, NO, "cancelled mark-not-carried");
	a.status = HR_STATUS_FINAL;
	a.replaced = true;
	expect(&a, NO, "replaced mark-not-carried");
	a.replaced = false;
	a.status = HR_STATUS_CORRECTED;
	expect(&a, YES, "corrected mark-not-carried");
}

static void test_situation__emergency__never_turns_a_yes_into_a_no(void)
{
	struct ask a = sound();

	a.setting = HR_SETTING_EMERGENCY;
	expect(&a, YES, "emergency-setting mark-not-carried");
}

/* --- orders --- */

static hr_cover cover_of(const struct ask *a)
{
	struct answer answer;
	hr_cover cover;

	ask(a, &answer);
	CU_ASSERT_EQUAL_FATAL(answer.verdict.order_count, 1);
	cover = answer.verdict.orders[0].cover;
	done(&answer);
	return cover;
}

static void test_order__the_same_item__is_covered(void)
{
	struct ask a = sound();

	a.order = "促甲状腺激素";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_SAME);
	a.order = "ALT";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_NOT);
	a.order = "无此项目";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_UNDECIDED);
}

static void test_order__name_with_its_abbreviation__is_found_as_in_a_report(void)
{
	struct ask a = sound();

	a.order = "促甲状腺激素(TSH)";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_SAME);
	a.order = "促甲状腺激素 TSH";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_SAME);
	a.order = "某新抗体(TSH)";
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_UNDECIDED);
}

static void check_candidates(const char *order, const char *candidates)
{
	struct ask a = sound();
	struct answer answer;

	a.name = "磷";
	a.unit = "mmol/L";
	a.order = order;
	ask(&a, &answer);
	CU_ASSERT_EQUAL(answer.verdict.orders[0].cover, HR_COVER_UNDECIDED);
	CU_ASSERT_EQUAL(answer.verdict.orders[0].item, HR_ID_NONE);
	HR_ASSERT_TEXT(answer.verdict.orders[0].candidates, candidates);
	done(&answer);
}

static void test_order__that_may_mean_several_items__is_open_and_names_them(void)
{
	check_candidates("P", "磷、孕酮");
	check_candidates("三碘甲状腺原氨酸(FT3)", "三碘甲状腺原氨酸、游离三碘甲状腺原氨酸");
	check_candidates("某新抗体", "");
}

static void test_order__plain_ct__does_not_answer_for_contrast(void)
{
	struct ask a = exam("胸部CT平扫", "CT-CHEST-C");

	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_NOT);
	a = exam("胸部CT平扫加增强", "CT-CHEST-C");
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_WIDER);
	a = exam("胸部CT增强", "CT-CHEST");
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_NOT);
}

static void test_order__a_part_of_what_was_imaged__is_covered_wider(void)
{
	struct ask a = exam("胸腹盆CT平扫", "CT-CHEST");

	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_WIDER);
	a = exam("胸部CT平扫", "CT-TRUNK");
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_NOT);
}

static void test_order__undecided_result__is_for_the_doctor(void)
{
	struct ask a = sound();

	a.order = "TSH";
	a.receiver = NULL;
	CU_ASSERT_EQUAL(cover_of(&a), HR_COVER_UNDECIDED);
}

static const hr_test tests[] = {
	HR_TEST(test_recognise__listed_granted_and_within_window__is_recognised),
	HR_TEST(test_recognise__paper_on_which_nobody_looked_for_a_mark__says_so),
	HR_TEST(test_recognise__twice__is_the_same_verdict),
	HR_TEST(test_recognise__many_lines__each_is_decided_as_if_alone),
	HR_TEST(test_recognise__every_failing_rule__is_reported),
	HR_TEST(test_synthetic__each_record_that_decided__counts),
	HR_TEST(test_synthetic__a_record_that_was_not_needed__does_not_count),
	HR_TEST(test_identity__another_name__is_a_conflict),
	HR_TEST(test_identity__same_name_and_birth__is_verified),
	HR_TEST(test_identity__only_the_name__is_not_enough),
	HR_TEST(test_identity__another_identity_number__is_a_conflict_that_does_not_tell_it),
	HR_TEST(test_identity__one_field_beside_the_same_number__is_for_the_doctor),
	HR_TEST(test_identity__two_fields_beside_the_same_number__are_another_person),
	HR_TEST(test_identity__identity_number_with_a_wrong_check_digit__is_not_compared),
	HR_TEST(test_identity__two_patients_in_one_report__is_refused),
	HR_TEST(test_item__calcium__is_not_procalcitonin),
	HR_TEST(test_item__igg4__is_not_igg),
	HR_TEST(test_item__tg_in_ng_ml__is_thyroglobulin_and_not_triglyceride),
	HR_TEST(test_item__p_that_may_be_phosphate_or_progesterone__is_ambiguous),
	HR_TEST(test_item__ft3__is_not_t3),
	HR_TEST(test_item__name_with_its_abbreviation__is_found),
	HR_TEST(test_item__unknown_name_with_a_known_abbreviation__is_unknown),
	HR_TEST(test_item__urine_potassium__is_not_serum_potassium),
	HR_TEST(test_item__no_specimen__is_open_by_name_and_settled_by_loinc),
	HR_TEST(test_item__loinc_of_another_item__is_a_conflict),
	HR_TEST(test_item__words_beside_the_code_of_another_item__are_a_conflict),
	HR_TEST(test_item__printed_name_and_words_beside_the_code__must_agree),
	HR_TEST(test_item__words_beside_the_code__narrow_an_ambiguous_name),
	HR_TEST(test_item__words_beside_the_code_alone__never_speak_for_an_unknown_name),
	HR_TEST(test_item__known_code_of_an_unknown_name__is_open),
	HR_TEST(test_item__unknown_code_of_a_known_name__is_open),
	HR_TEST(test_item__name_and_its_abbreviation_of_two_items__is_a_conflict),
	HR_TEST(test_item__abbreviation_behind_an_unknown_name__says_nothing),
	HR_TEST(test_item__name_with_an_unknown_word_behind__is_unknown),
	HR_TEST(test_item__loinc_of_the_mass_unit__is_another_item),
	HR_TEST(test_item__unit_of_another_class__is_not_converted),
	HR_TEST(test_item__unit_missing_or_unknown__is_open),
	HR_TEST(test_item__unit_known_only_by_its_code__is_settled),
	HR_TEST(test_item__printed_unit_and_code_of_two_classes__is_a_mismatch),
	HR_TEST(test_item__qualitative_result__needs_no_unit),
	HR_TEST(test_item__without_value__is_refused),
	HR_TEST(test_item__exam_by_modality_and_part__is_found),
	HR_TEST(test_item__exam_of_another_part_than_its_name__is_a_conflict),
	HR_TEST(test_item__lab_item_without_value_in_an_exam__is_refused),
	HR_TEST(test_regime__receiver_of_another_region__is_no_member),
	HR_TEST(test_regime__hebei_district_of_tianjin__is_tianjin),
	HR_TEST(test_regime__no_receiver__is_an_open_step),
	HR_TEST(test_regime__past_its_last_day__is_not_in_force),
	HR_TEST(test_regime__all_items_all_members__needs_no_rows),
	HR_TEST(test_list__absent_from_a_partial_list__is_open),
	HR_TEST(test_list__outside_every_known_period__is_open),
	HR_TEST(test_grant__thirteenth_of_twelve_items__is_missing),
	HR_TEST(test_grant__the_day_after_its_last_day__is_missing),
	HR_TEST(test_grant__withdrawn_before_the_test__is_refused),
	HR_TEST(test_grant__withdrawn_after_the_test__stays_with_a_notice),
	HR_TEST(test_grant__withdrawn_within_an_imprecise_month__is_open),
	HR_TEST(test_grant__narrowed_to_a_device__asks_for_it),
	HR_TEST(test_grant__narrowed_to_a_campus__asks_for_it_by_key_or_name),
	HR_TEST(test_grant__time_that_spans_two_periods__is_open),
	HR_TEST(test_institution__by_name_alone__is_said),
	HR_TEST(test_institution__name_of_two__is_open),
	HR_TEST(test_institution__code_and_name_of_two__is_a_conflict),
	HR_TEST(test_institution__unknown__is_open_even_where_the_list_is_complete),
	HR_TEST(test_institution__performing_laboratory__counts_and_not_the_letterhead),
	HR_TEST(test_mark__of_the_regime__makes_it_a_duty),
	HR_TEST(test_mark__not_carried__only_encourages),
	HR_TEST(test_mark__of_another_region__is_a_contradiction_and_only_encourages),
	HR_TEST(test_mark__absent_where_it_was_looked_for__is_refused),
	HR_TEST(test_mark__nobody_knows__is_as_if_not_carried),
	HR_TEST(test_mark__star_before_the_name__counts_only_in_its_years),
	HR_TEST(test_mark__gx_behind_the_institution__is_taken_off_and_kept),
	HR_TEST(test_window__six_hours__are_half_open),
	HR_TEST(test_window__seven_days__end_at_24_00_of_the_last),
	HR_TEST(test_window__thirty_days_across_a_leap_february__are_thirty_days),
	HR_TEST(test_window__sixty_days_from_the_report__across_a_leap_day),
	HR_TEST(test_window__a_month__ends_on_the_same_numbered_day),
	HR_TEST(test_window__hours_from_a_day__cannot_be_told),
	HR_TEST(test_window__hours_from_an_hour__are_open_for_that_hour),
	HR_TEST(test_window__utc_time__is_shifted_to_china),
	HR_TEST(test_window__event_unstated__decides_only_where_all_readings_agree),
	HR_TEST(test_window__unless_intervened__asks),
	HR_TEST(test_window__none_known__is_open),
	HR_TEST(test_window__event_not_in_the_report__is_open),
	HR_TEST(test_times__none_at_all__is_open),
	HR_TEST(test_times__none_that_can_be_read__is_unreadable_and_not_missing),
	HR_TEST(test_times__words__say_that_an_exam_is_made_and_a_specimen_taken),
	HR_TEST(test_times__in_the_future__is_refused),
	HR_TEST(test_times__reported_before_collected__is_open),
	HR_TEST(test_status__preliminary_cancelled_replaced__are_refused),
	HR_TEST(test_situation__emergency__never_turns_a_yes_into_a_no),
	HR_TEST(test_order__the_same_item__is_covered),
	HR_TEST(test_order__name_with_its_abbreviation__is_found_as_in_a_report),
	HR_TEST(test_order__that_may_mean_several_items__is_open_and_names_them),
	HR_TEST(test_order__plain_ct__does_not_answer_for_contrast),
	HR_TEST(test_order__a_part_of_what_was_imaged__is_covered_wider),
	HR_TEST(test_order__undecided_result__is_for_the_doctor),
};
HR_TEST_MAIN("recognise", tests)
