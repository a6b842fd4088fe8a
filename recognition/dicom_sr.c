/*
 * Structured reports: a tree of content items, each with a concept and a
 * value. Templates differ and are many, so what is read is what an item's
 * concept says, wherever it stands: a context holds for the container that it
 * is in and all below it.
 *
 * Laboratory results in an SR are rare, and PS3.16 has no template for them.
 * This is how they are read, a convention of our own, after TID 1500 and the
 * specimen of TID 1009 and TID 8001:
 *
 *	CONTAINER (11502-2, LN, "Laboratory report")
 *	  HAS OBS CONTEXT CODE or TEXT (371439000, SCT, "Specimen type")
 *	  HAS OBS CONTEXT CODE (111701, DCM, "Processing type") = (17636008, SCT, "Specimen
 *	    collection") or (428995007, SCT, "Specimen receiving"), and behind it
 *	  HAS OBS CONTEXT DATETIME (111702, DCM, "DateTime of processing"); or both steps
 *	    in a CONTAINER each, or in the Specimen Module of the object
 *	  HAS OBS CONTEXT TEXT (121009, DCM, "Person Observer's Organization Name")
 *	  CONTAINS NUM, CODE or TEXT: one result each; below it its own context, and
 *	    HAS PROPERTIES CODE (121402, DCM, "Normality")
 *	    HAS CONCEPT MOD CODE or TEXT (370129005, SCT, "Measurement Method")
 *
 * ObservationDateTime of a result is its time of test; the report's time is
 * that of the last verification, else of the content. In a report of images
 * measurements are part of the findings.
 *
 * Source, by grade. The standard's: DICOM PS3.3 C.17 and C.7.6.22; PS3.16, with
 * the two steps in CID 8111. That TID 8001 stands in a report, and not only in
 * the Specimen Module of an image: ours. Ours as well, for those who write one
 * item a time: DATETIME (399445004, SCT, "Specimen collection date") and
 * (281271004, SCT, "Date sample received in laboratory"), no part of PS3.16;
 * SNOMED CT has both, and they stand in the value set
 * QuelleKlinischesBezugsdatum of the German Medical Informatics Initiative's
 * laboratory module (SNOMED CT International, 2025-07).
 */
#include "recognition/dicom_concepts.h"
#include "recognition/dicom_parts.h"
#include "recognition/imaging_terms.h"

enum {
	TAG_CONTENT = 0x0040A730,
	TAG_VALUE_TYPE = 0x0040A040,
	TAG_RELATION = 0x0040A010,
	TAG_CONCEPT = 0x0040A043,
	TAG_CODED = 0x0040A168,
	TAG_TEXT = 0x0040A160,
	TAG_DATETIME = 0x0040A120,
	TAG_MEASURED = 0x0040A300,
	TAG_NUMBER = 0x0040A30A,
	TAG_UNITS = 0x004008EA,
	TAG_OBSERVED = 0x0040A032,
	TAG_COMPLETION = 0x0040A491,
	TAG_VERIFICATION = 0x0040A493,
	TAG_PRELIMINARY = 0x0040A496,
	TAG_VERIFIERS = 0x0040A073,
	TAG_VERIFIED_AT = 0x0040A030,
	TAG_PREDECESSORS = 0x0040A360,
	TAG_REQUESTS = 0x0040A370,
	TAG_EVIDENCE = 0x0040A375,
	TAG_SPECIMENS = 0x00400560,
	TAG_SPECIMEN_TYPE = 0x0040059A,
	TAG_PREPARATION = 0x00400610,
	TAG_STEP_CONTENT = 0x00400612,
	TAG_CONTENT_DATE = 0x00080023,
	TAG_CONTENT_TIME = 0x00080033,
	WORDS_MAX = 256 * 1024,
};

struct sr {
	hr_dcm *dcm;
	bool lab;
	hr_result exam; /* of a report of images */
	hr_buf findings;
	hr_buf conclusion;
	hr_place findings_place;
	hr_place conclusion_place;
};

static hr_dcm_meaning meaning_of(const struct sr *sr, const hr_dicom_item *item)
{
	return hr_dcm_meaning_of(hr_dcm_code(sr->dcm, hr_dicom_first(item, TAG_CONCEPT)));
}

static bool type_is(const hr_dicom_item *item, hr_str type)
{
	return hr_str_equal(hr_dicom_text_of(item, TAG_VALUE_TYPE), type);
}

#define TYPE_IS(item, literal) type_is((item), HR_STR(literal))

/* What the item says in words: a text, a code's meaning, a name. */
static hr_field words_of(const hr_dicom_item *item)
{
	hr_field words = hr_dcm_text(item, TAG_TEXT);

	return words.text.len ? words : hr_dcm_text(hr_dicom_first(item, TAG_CODED), 0x00080104);
}

/* --- what holds for results: of the report, a container, or one of them --- */

static void set_performer(struct sr *sr, const hr_dicom_item *item, hr_result *context)
{
	hr_party *party = HR_NEW(sr->dcm->arena, hr_party);

	if (!party)
		return;
	party->name = words_of(item);
	if (party->name.text.len)
		context->performer = party;
}

/* One nearer the result stands for one farther away. */
static void set_specimen(struct sr *sr, hr_code code, hr_result *context)
{
	context->specimens = NULL;
	context->specimen_count = 0;
	hr_dcm_add_code(sr->dcm, &context->specimens, &context->specimen_count, code);
}

static hr_code specimen_of(const struct sr *sr, const hr_dicom_item *item)
{
	hr_field word = hr_dcm_text(item, TAG_TEXT);

	if (word.text.len)
		return (hr_code){ .display = word.text, .place = word.place };
	return hr_dcm_code(sr->dcm, hr_dicom_first(item, TAG_CODED));
}

static void set_event(struct sr *sr, const hr_dicom_item *item, hr_time *out)
{
	hr_time time = { .text = HR_STR_NONE };

	hr_dcm_set_datetime(sr->dcm, hr_dcm_field(item, TAG_DATETIME), &time);
	if (time.text.len)
		*out = time;
}

static void set_exam(struct sr *sr, hr_dcm_meaning meaning, const hr_dicom_item *item)
{
	hr_result *exam = &sr->exam;
	hr_code code = hr_dcm_code(sr->dcm, hr_dicom_first(item, TAG_CODED));

	if (meaning == HR_DCM_MEANS_PROCEDURE) {
		hr_dcm_add_code(sr->dcm, &exam->codes, &exam->code_count, code);
		if (!exam->name.text.len)
			exam->name = words_of(item);
	} else if (meaning == HR_DCM_MEANS_MODALITY && !exam->modality.text.len) {
		exam->modality = (hr_field){ code.code, code.place };
	} else if (meaning == HR_DCM_MEANS_BODY_PART && !exam->body_part.text.len) {
		exam->body_part = (hr_field){ hr_imaging_body_part(code.code), code.place };
	}
}

/* True when the item is context, and no result. */
static bool take_context(struct sr *sr, const hr_dicom_item *item, hr_result *context)
{
	hr_dcm_meaning meaning = meaning_of(sr, item);

	switch (meaning) {
	case HR_DCM_MEANS_SPECIMEN:
		set_specimen(sr, specimen_of(sr, item), context);
		return true;
	case HR_DCM_MEANS_COLLECTED:
		set_event(sr, item, &context->times[HR_EVENT_COLLECTED]);
		return true;
	case HR_DCM_MEANS_RECEIVED:
		set_event(sr, item, &context->times[HR_EVENT_RECEIVED]);
		return true;
	case HR_DCM_MEANS_PERFORMER:
		set_performer(sr, item, context);
		return true;
	case HR_DCM_MEANS_METHOD:
		context->method = words_of(item);
		return true;
	case HR_DCM_MEANS_DEVICE:
		context->device = words_of(item);
		return true;
	case HR_DCM_MEANS_NORMALITY:
		context->flag = words_of(item);
		return true;
	case HR_DCM_MEANS_PROCEDURE:
	case HR_DCM_MEANS_MODALITY:
	case HR_DCM_MEANS_BODY_PART:
		set_exam(sr, meaning, item);
		return true;
	case HR_DCM_MEANS_STEP:
	case HR_DCM_MEANS_STEP_TIME:
	case HR_DCM_MEANS_IGNORED:
		return true;
	default:
		return false;
	}
}

/* TID 8001: a time is that of the step named last before it. */
static void take_steps(struct sr *sr, const hr_dicom_element *content, hr_result *context)
{
	hr_event_kind event = HR_EVENT_KINDS;

	for (uint32_t i = 0; content && i < content->item_count; i++) {
		const hr_dicom_item *item = &content->items[i];
		hr_dcm_meaning meaning = meaning_of(sr, item);

		if (meaning == HR_DCM_MEANS_STEP)
			event = hr_dcm_event_of_step(
				hr_dcm_code(sr->dcm, hr_dicom_first(item, TAG_CODED)));
		else if (meaning == HR_DCM_MEANS_STEP_TIME && event != HR_EVENT_KINDS)
			set_event(sr, item, &context->times[event]);
	}
}

/* A container of what was done with a specimen: no results. */
static bool is_step(const struct sr *sr, const hr_dicom_item *item)
{
	const hr_dicom_element *content = hr_dicom_find(item, TAG_CONTENT);

	for (uint32_t i = 0; content && i < content->item_count; i++)
		if (meaning_of(sr, &content->items[i]) == HR_DCM_MEANS_STEP)
			return TYPE_IS(item, "CONTAINER");
	return false;
}

static void take_contexts(struct sr *sr, const hr_dicom_item *item, hr_result *context)
{
	const hr_dicom_element *content = hr_dicom_find(item, TAG_CONTENT);

	take_steps(sr, content, context);
	for (uint32_t i = 0; content && i < content->item_count; i++) {
		const hr_dicom_item *inner = &content->items[i];

		if (is_step(sr, inner))
			take_steps(sr, hr_dicom_find(inner, TAG_CONTENT), context);
		else
			take_context(sr, inner, context);
	}
}

/* The Specimen Module (PS3.3 C.7.6.22), which a report may have as well: of the first specimen. */
static void take_specimen_module(struct sr *sr, hr_result *context)
{
	const hr_dicom_item *specimen = hr_dicom_first(sr->dcm->root, TAG_SPECIMENS);
	const hr_dicom_element *steps = hr_dicom_find(specimen, TAG_PREPARATION);
	hr_code type = hr_dcm_code(sr->dcm, hr_dicom_first(specimen, TAG_SPECIMEN_TYPE));

	if (type.code.len || type.display.len)
		set_specimen(sr, type, context);
	for (uint32_t i = 0; steps && i < steps->item_count; i++)
		take_steps(sr, hr_dicom_find(&steps->items[i], TAG_STEP_CONTENT), context);
}

/* --- results --- */

static void read_number(const struct sr *sr, const hr_dicom_item *item, hr_result *result)
{
	const hr_dicom_item *measured = hr_dicom_first(item, TAG_MEASURED);
	hr_code unit = hr_dcm_code(sr->dcm, hr_dicom_first(measured, TAG_UNITS));
	hr_field printed = hr_dcm_text(hr_dicom_first(measured, TAG_UNITS), 0x00080104);

	result->value = hr_dcm_field(measured, TAG_NUMBER);
	/* "1" is UCUM's "no unit". */
	if (hr_str_equal(unit.code, HR_STR("1")))
		return;
	if (hr_str_equal(unit.system, HR_STR("UCUM")))
		result->unit_code = (hr_field){ unit.code, unit.place };
	result->unit = printed.text.len ? printed : (hr_field){ unit.code, unit.place };
}

static void add_result(struct sr *sr, const hr_dicom_item *item, const hr_result *context)
{
	hr_result result = *context;
	hr_code code = hr_dcm_code(sr->dcm, hr_dicom_first(item, TAG_CONCEPT));

	result.kind = HR_KIND_LAB;
	result.name = hr_dcm_text(hr_dicom_first(item, TAG_CONCEPT), 0x00080104);
	if (code.code.len)
		hr_dcm_add_code(sr->dcm, &result.codes, &result.code_count, code);
	if (!code.code.len && !result.name.text.len) {
		hr_dcm_deviate(sr->dcm, HR_DCM_RESULT_WITHOUT_ITEM,
			       hr_dcm_field(item, TAG_VALUE_TYPE).place);
		return;
	}
	if (TYPE_IS(item, "NUM"))
		read_number(sr, item, &result);
	else
		result.value = words_of(item);
	hr_dcm_set_datetime(sr->dcm, hr_dcm_field(item, TAG_OBSERVED),
			    &result.times[HR_EVENT_TESTED]);
	take_contexts(sr, item, &result);
	hr_dcm_add_result(sr->dcm, &result);
}

/* --- words of a report of images --- */

/* Begins a line. */
static void add_words(hr_buf *buf, hr_place *place, hr_field words)
{
	if (!words.text.len)
		return;
	if (buf->len)
		HR_BUF_ADD(buf, "\n");
	else
		*place = words.place;
	hr_buf_add(buf, words.text);
}

static void add_measurement(struct sr *sr, const hr_dicom_item *item)
{
	hr_result number = { .kind = HR_KIND_EXAM };
	hr_field name = hr_dcm_text(hr_dicom_first(item, TAG_CONCEPT), 0x00080104);

	read_number(sr, item, &number);
	if (!number.value.text.len)
		return;
	if (name.text.len) {
		add_words(&sr->findings, &sr->findings_place, name);
		HR_BUF_ADD(&sr->findings, " ");
		hr_buf_add(&sr->findings, number.value.text);
	} else {
		add_words(&sr->findings, &sr->findings_place, number.value);
	}
	if (number.unit.text.len) {
		HR_BUF_ADD(&sr->findings, " ");
		hr_buf_add(&sr->findings, number.unit.text);
	}
}

static void add_sentence(struct sr *sr, const hr_dicom_item *item, hr_dcm_meaning section)
{
	hr_dcm_meaning own = meaning_of(sr, item);

	if (own == HR_DCM_MEANS_FINDINGS || own == HR_DCM_MEANS_CONCLUSION)
		section = own;
	if (section == HR_DCM_MEANS_CONCLUSION)
		add_words(&sr->conclusion, &sr->conclusion_place, words_of(item));
	else if (section == HR_DCM_MEANS_FINDINGS)
		add_words(&sr->findings, &sr->findings_place, words_of(item));
}

/* --- the tree --- */

static void take_item(struct sr *sr, const hr_dicom_item *item, const hr_result *context,
		      hr_dcm_meaning section)
{
	bool number = TYPE_IS(item, "NUM");

	if (!number && !TYPE_IS(item, "TEXT") && !TYPE_IS(item, "CODE"))
		return;
	if (sr->lab)
		add_result(sr, item, context);
	else if (number)
		add_measurement(sr, item);
	else
		add_sentence(sr, item, section);
}

/* Not over 64 deep: the pre-scan has counted. Context first: it may stand behind the results. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void walk(struct sr *sr, const hr_dicom_item *container, hr_result context,
		 hr_dcm_meaning section)
{
	const hr_dicom_element *content = hr_dicom_find(container, TAG_CONTENT);
	hr_dcm_meaning own = meaning_of(sr, container);

	if (own == HR_DCM_MEANS_FINDINGS || own == HR_DCM_MEANS_CONCLUSION)
		section = own;
	take_contexts(sr, container, &context);
	for (uint32_t i = 0; content && i < content->item_count; i++) {
		const hr_dicom_item *item = &content->items[i];
		hr_dcm_meaning meaning = meaning_of(sr, item);

		if (is_step(sr, item))
			continue;
		if (TYPE_IS(item, "CONTAINER"))
			walk(sr, item, context, section);
		else if (meaning == HR_DCM_MEANS_NOTHING || meaning == HR_DCM_MEANS_FINDINGS ||
			 meaning == HR_DCM_MEANS_CONCLUSION)
			take_item(sr, item, &context, section);
	}
}

struct sight {
	bool specimen;
	bool images; /* of what only a report of images speaks */
};

/* NOLINTNEXTLINE(misc-no-recursion) */
static void look_through(const struct sr *sr, const hr_dicom_item *item, struct sight *seen)
{
	const hr_dicom_element *content = hr_dicom_find(item, TAG_CONTENT);

	switch (meaning_of(sr, item)) {
	case HR_DCM_MEANS_LABORATORY:
	case HR_DCM_MEANS_SPECIMEN:
		seen->specimen = true;
		break;
	case HR_DCM_MEANS_MODALITY:
	case HR_DCM_MEANS_FINDINGS:
		seen->images = true;
		break;
	default:
		seen->images |= TYPE_IS(item, "IMAGE") || TYPE_IS(item, "SCOORD");
		break;
	}
	for (uint32_t i = 0; content && i < content->item_count; i++)
		look_through(sr, &content->items[i], seen);
}

/*
 * Its title says so. Under another title, or none, a specimen says it, unless
 * images are told of as well: a biopsy's is in its radiologist's report.
 */
static bool is_lab(const struct sr *sr)
{
	const hr_dicom_item *root = sr->dcm->root;
	struct sight seen = { .images = hr_dicom_find(root, TAG_EVIDENCE) != NULL };

	if (meaning_of(sr, root) == HR_DCM_MEANS_LABORATORY)
		return true;
	look_through(sr, root, &seen);
	return !seen.images && (seen.specimen || hr_dicom_find(root, TAG_SPECIMENS));
}

/* --- the document --- */

/* PS3.3 C.17.2: complete and verified is final; an approved preliminary one is not. */
static void read_status(struct sr *sr, hr_report *report)
{
	static const struct {
		uint32_t tag;
		hr_str word;
	} rows[] = {
		{ TAG_PRELIMINARY, HR_STR_INIT("PRELIMINARY") },
		{ TAG_COMPLETION, HR_STR_INIT("PARTIAL") },
		{ TAG_VERIFICATION, HR_STR_INIT("UNVERIFIED") },
	};

	report->status_text = hr_dcm_field(sr->dcm->root, TAG_VERIFICATION);
	if (report->replace_count) {
		report->status = HR_STATUS_CORRECTED;
		report->status_text = (hr_field){ report->replaces->code, report->replaces->place };
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_field word = hr_dcm_field(sr->dcm->root, rows[i].tag);

		if (!hr_str_equal(word.text, rows[i].word))
			continue;
		report->status = HR_STATUS_PRELIMINARY;
		report->status_text = word;
		return;
	}
}

/* The last of those who verified it. */
static void read_reported(struct sr *sr, hr_time *out)
{
	const hr_dicom_element *verifiers = hr_dicom_find(sr->dcm->root, TAG_VERIFIERS);

	for (uint32_t i = 0; verifiers && i < verifiers->item_count; i++) {
		hr_field text = hr_dcm_field(&verifiers->items[i], TAG_VERIFIED_AT);
		hr_time time = { .text = HR_STR_NONE };

		hr_dcm_set_datetime(sr->dcm, text, &time);
		if (time.text.len &&
		    (!out->text.len || time.span.from.second > out->span.from.second))
			*out = time;
	}
	hr_dcm_set_date(sr->dcm, sr->dcm->root, TAG_CONTENT_DATE, TAG_CONTENT_TIME, out);
}

static void add_replaced(struct sr *sr, const hr_dicom_item *series)
{
	const hr_dicom_element *instances = hr_dicom_find(series, 0x00081199);

	for (uint32_t i = 0; instances && i < instances->item_count; i++) {
		hr_field uid = hr_dcm_field(&instances->items[i], 0x00081155);
		hr_code code = { HR_DCM_UID_SYSTEM, uid.text, HR_STR_NONE, uid.place };

		hr_dcm_add_code(sr->dcm, &sr->dcm->report.replaces, &sr->dcm->report.replace_count,
				code);
	}
}

static void read_replaced(struct sr *sr)
{
	const hr_dicom_element *studies = hr_dicom_find(sr->dcm->root, TAG_PREDECESSORS);

	for (uint32_t i = 0; studies && i < studies->item_count; i++) {
		const hr_dicom_element *series = hr_dicom_find(&studies->items[i], 0x00081115);

		for (uint32_t k = 0; series && k < series->item_count; k++)
			add_replaced(sr, &series->items[k]);
	}
}

/* The studies whose images were read, and the orders by which they were made. */
static void read_images(struct sr *sr)
{
	const hr_dicom_element *studies = hr_dicom_find(sr->dcm->root, TAG_EVIDENCE);
	const hr_dicom_element *requests = hr_dicom_find(sr->dcm->root, TAG_REQUESTS);
	hr_report *report = &sr->dcm->report;

	for (uint32_t i = 0; studies && i < studies->item_count; i++) {
		hr_field uid = hr_dcm_field(&studies->items[i], HR_DCM_STUDY_UID);

		hr_dcm_add_code(sr->dcm, &report->image_studies, &report->image_study_count,
				(hr_code){ HR_DCM_UID_SYSTEM, uid.text, HR_STR_NONE, uid.place });
	}
	for (uint32_t i = 0; requests && i < requests->item_count; i++) {
		hr_field number = hr_dcm_field(&requests->items[i], HR_DCM_ACCESSION_NUMBER);

		hr_dcm_add_code(sr->dcm, &report->image_numbers, &report->image_number_count,
				(hr_code){ .code = number.text, .place = number.place });
	}
}

/* The order that the report answers: its number and its procedure. */
static void read_request(struct sr *sr)
{
	const hr_dicom_item *request = hr_dicom_first(sr->dcm->root, TAG_REQUESTS);
	hr_field number = hr_dcm_field(request, HR_DCM_ACCESSION_NUMBER);
	hr_report *report = &sr->dcm->report;

	if (!report->report_no.code.len && number.text.len)
		report->report_no =
			(hr_code){ HR_STR_NONE, number.text, HR_STR_NONE, number.place };
	hr_dcm_read_procedure(sr->dcm, sr->dcm->root, &sr->exam);
	hr_dcm_read_procedure(sr->dcm, request, &sr->exam);
}

/* A report without words about what it examined: its study says when. */
static void add_exam(struct sr *sr)
{
	hr_result *exam = &sr->exam;
	hr_time *began = &exam->times[HR_EVENT_COLLECTED];

	exam->kind = HR_KIND_EXAM;
	if (!exam->name.text.len)
		exam->name = hr_dcm_text(sr->dcm->root, HR_DCM_STUDY_DESCRIPTION);
	exam->study_uid = hr_dcm_field(sr->dcm->root, HR_DCM_STUDY_UID);
	hr_dcm_set_date(sr->dcm, sr->dcm->root, HR_DCM_STUDY_DATE, HR_DCM_STUDY_TIME, began);
	exam->times[HR_EVENT_TESTED] = *began;
	hr_dcm_add_result(sr->dcm, exam);
}

bool hr_dcm_read_sr(hr_dcm *dcm, hr_error *err)
{
	struct sr sr = { .dcm = dcm };
	hr_result context = { .kind = HR_KIND_UNKNOWN };
	hr_report *report = &dcm->report;

	if (!hr_dicom_find(dcm->root, TAG_CONTENT))
		return hr_fail(err, HR_E_INCOMPLETE, "dicom: the structured report has no content");
	hr_buf_init(&sr.findings, dcm->arena, WORDS_MAX);
	hr_buf_init(&sr.conclusion, dcm->arena, WORDS_MAX);
	sr.lab = is_lab(&sr);
	report->kind = sr.lab ? HR_KIND_LAB : HR_KIND_EXAM;
	report->title = hr_dcm_text(hr_dicom_first(dcm->root, TAG_CONCEPT), 0x00080104);
	read_replaced(&sr);
	read_status(&sr, report);
	read_reported(&sr, &report->times[HR_EVENT_REPORTED]);
	read_request(&sr);
	read_images(&sr);
	take_specimen_module(&sr, &context);
	walk(&sr, dcm->root, context, HR_DCM_MEANS_NOTHING);
	if (!sr.lab)
		add_exam(&sr);
	if (sr.findings.failed || sr.conclusion.failed)
		return hr_arena_is_short(dcm->arena)
			       ? hr_fail_memory(err)
			       : hr_fail(err, HR_E_LIMIT,
					 "dicom: the findings or the conclusion are over %d bytes",
					 WORDS_MAX);
	report->findings = (hr_field){ hr_buf_str(&sr.findings), sr.findings_place };
	report->conclusion = (hr_field){ hr_buf_str(&sr.conclusion), sr.conclusion_place };
	return true;
}
