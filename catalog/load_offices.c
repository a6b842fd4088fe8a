/* Offices, and what the platform's error texts mean. */
#include "catalog/record.h"

#include "catalog/directory.h"

enum { OFFICES_MAX = 100000, TEXTS_MAX = 10000, FRAGMENTS_MAX = 16, FRAGMENT_BYTES_MIN = 4 };

hr_str hr_record_prefix(hr_record *r, hr_str name)
{
	hr_str prefix = hr_record_raw(r, name);

	if (prefix.len && !hr_region_prefix_is_valid(prefix)) {
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"region '%.*s' is not two, four or six digits",
				HR_STR_ARG(hr_str_slice(prefix, 0, 12)));
		return HR_STR_NONE;
	}
	/* 130000 is 13: so the longer one is the closer one. */
	while (prefix.len > 2 && hr_str_ends_with(prefix, HR_STR("00")))
		prefix.len -= 2;
	return hr_load_common(r->load, prefix);
}

static uint64_t read_filings(hr_record *r)
{
	hr_str rest = hr_record_list(r, HR_STR("filings"));
	uint64_t bits = 0;
	hr_str word;

	while ((word = hr_str_next_word(&rest)).len) {
		uint32_t i = 0;

		while (i < HR_FILING_COUNT && !hr_str_equal(word, hr_filing_words[i]))
			i++;
		if (i == HR_FILING_COUNT)
			hr_record_unknown(r, "filing", word);
		else
			bits |= UINT64_C(1) << i;
	}
	return bits;
}

static void read_office(hr_record *r, void *unused)
{
	static const hr_str kinds[] = { HR_STR_INIT("insurance"), HR_STR_INIT("card") };
	unsigned kind = HR_RECORD_WORD(r, "kind", kinds, 2);
	hr_office row = {
		.name = hr_load_text(r->load, hr_record_need(r, HR_STR("name"))),
		.region = hr_record_prefix(r, HR_STR("region")),
		.kind = (hr_office_kind)kind,
		.filings = read_filings(r),
		.phone = hr_record_text(r, HR_STR("phone")),
		.hours = hr_record_common(r, HR_STR("hours")),
		.purpose = hr_record_common(r, HR_STR("for")),
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	row.insurances = hr_record_words(r, HR_STR("insurances"), &row.insurance_count);
	if (kind == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<office> needs 'kind': insurance or card");
	hr_record_keep(r, &row);
}

static void offices_done(hr_load *load)
{
	load->catalog->offices = hr_load_finish(load, &load->catalog->office_count);
}

static const hr_element office_elements[] = {
	{ HR_STR_INIT("office"), read_office },
};

const hr_load_kind hr_load_offices = {
	.root = HR_STR_INIT("offices"),
	.shared = true,
	.row_size = sizeof(hr_office),
	.limit = OFFICES_MAX,
	.elements = office_elements,
	.element_count = 1,
	.done = offices_done,
};

/* A fragment of one character would be in half of all texts. */
static void fold_fragments(hr_record *r, hr_str list, hr_platform_text *row)
{
	hr_str *folded = HR_LOAD_NEW_N(r->load, hr_str, FRAGMENTS_MAX);
	hr_str word;

	while (folded && (word = hr_str_next_word(&list)).len) {
		hr_str fragment = hr_load_folded(r->load, word);

		if (row->count == FRAGMENTS_MAX) {
			hr_record_fault(r, HR_FAULT_LIMIT, "a text has over %d fragments",
					FRAGMENTS_MAX);
			break;
		}
		if (fragment.len < FRAGMENT_BYTES_MIN)
			hr_record_fault(r, HR_FAULT_BAD_VALUE, "a fragment is too short to tell");
		folded[row->count++] = fragment;
	}
	row->folded = folded;
}

static void read_text(hr_record *r, void *unused)
{
	hr_str text = hr_record_need(r, HR_STR("has"));
	hr_platform_text row = {
		.cause = hr_record_code(r, HR_STR("cause")),
		.text = hr_load_text(r->load, text),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	fold_fragments(r, text, &row);
	hr_record_keep(r, &row);
}

static void texts_done(hr_load *load)
{
	load->catalog->platform_texts = hr_load_finish(load, &load->catalog->platform_text_count);
}

static const hr_element text_elements[] = {
	{ HR_STR_INIT("text"), read_text },
};

const hr_load_kind hr_load_platform_texts = {
	.root = HR_STR_INIT("platform-texts"),
	.shared = true,
	.row_size = sizeof(hr_platform_text),
	.limit = TEXTS_MAX,
	.elements = text_elements,
	.element_count = 1,
	.done = texts_done,
};
