#include "recognition/identity_feed_parts.h"

#include "base/id_card.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { TYPE_WORDS = 6, ROOM_FIRST = 64 };

/* The word for it, then WS 364.3's, HL7's and what people write. */
static const struct type {
	hr_str word;
	hr_str written[TYPE_WORDS];
} types[] = {
	{ HR_STR_INIT("identity-card"),
	  { HR_STR_INIT("01"), HR_STR_INIT("NNCHN"), HR_STR_INIT("居民身份证"),
	    HR_STR_INIT("身份证"), HR_STR_INIT("身份证号"), HR_STR_INIT("SFZ") } },
	{ HR_STR_INIT("household-register"), { HR_STR_INIT("02"), HR_STR_INIT("居民户口簿") } },
	{ HR_STR_INIT("passport"), { HR_STR_INIT("03"), HR_STR_INIT("PPN"), HR_STR_INIT("护照") } },
	{ HR_STR_INIT("officer-card"),
	  { HR_STR_INIT("04"), HR_STR_INIT("MI"), HR_STR_INIT("军官证") } },
	{ HR_STR_INIT("driving-licence"),
	  { HR_STR_INIT("05"), HR_STR_INIT("DL"), HR_STR_INIT("驾驶证") } },
	{ HR_STR_INIT("hong-kong-macao-permit"),
	  { HR_STR_INIT("06"), HR_STR_INIT("港澳居民来往内地通行证") } },
	{ HR_STR_INIT("taiwan-permit"),
	  { HR_STR_INIT("07"), HR_STR_INIT("台湾居民来往内地通行证") } },
};

hr_str hr_identity_type_of(hr_str word)
{
	for (size_t i = 0; i < COUNT(types) && word.len; i++) {
		if (hr_str_equal_nocase(word, types[i].word))
			return types[i].word;
		for (size_t k = 0; k < TYPE_WORDS && types[i].written[k].len; k++)
			if (hr_str_equal_nocase(word, types[i].written[k]))
				return types[i].word;
	}
	return HR_STR_NONE;
}

static bool is_card(const hr_identity_row *row)
{
	return hr_str_equal(row->id_type, HR_IDENTITY_CARD);
}

const char *hr_identity_problem_word(hr_identity_problem_kind kind)
{
	static const char *const words[] = {
#define X(name, word) [HR_IDENTITY_##name] = word,
		HR_IDENTITY_PROBLEMS(X)
#undef X
	};

	return words[kind];
}

/* One more of `size` bytes; the list where it is now, or NULL. */
static void *grow(hr_identity_build *build, void *list, size_t count, size_t *room, size_t size)
{
	size_t wider = *room ? 2 * *room : ROOM_FIRST;
	void *grown;

	if (count == HR_IDENTITY_ROWS_MAX) {
		build->too_many = true;
		return NULL;
	}
	if (count < *room)
		return list;
	grown = hr_arena_alloc_array(build->arena, wider, size);
	if (!grown)
		return NULL;
	if (count)
		memcpy(grown, list, count * size);
	*room = wider;
	return grown;
}

void hr_identity_refuse(hr_identity_build *build, hr_identity_problem_kind kind, uint32_t line,
			uint32_t message)
{
	hr_identity_problem *problems = grow(build, build->problems, build->problem_count,
					     &build->problem_room, sizeof(*problems));

	if (!problems)
		return;
	build->problems = problems;
	problems[build->problem_count++] = (hr_identity_problem){ kind, line, message };
}

static bool is_too_long(const hr_identity_row *row)
{
	const hr_str values[] = {
		row->issuer,	     row->patient_id,	      row->accession_number,
		row->id_type,	     row->id_issuer,	      row->id,
		row->name,	     row->birth_date,	      row->sex,
		row->earlier_issuer, row->earlier_patient_id,
	};

	for (size_t i = 0; i < COUNT(values); i++)
		if (values[i].len > HR_IDENTITY_TEXT_MAX)
			return true;
	return false;
}

static bool is_same_number(const hr_identity_row *row)
{
	return row->kind == HR_IDENTITY_CORRECT &&
	       hr_str_equal(row->patient_id, row->earlier_patient_id) &&
	       hr_str_equal(row->issuer, row->earlier_issuer);
}

/* What is wrong with a row; HR_IDENTITY_PROBLEM_KINDS for nothing. */
static hr_identity_problem_kind judge(const hr_identity_row *row)
{
	if (is_too_long(row))
		return HR_IDENTITY_TOO_LONG;
	if (row->patient_id.len == 0 &&
	    (row->accession_number.len == 0 || row->kind == HR_IDENTITY_CORRECT))
		return HR_IDENTITY_NO_NUMBER;
	if (row->kind == HR_IDENTITY_CORRECT && row->earlier_patient_id.len == 0)
		return HR_IDENTITY_NO_EARLIER;
	if (row->issuer.len == 0 || (row->id.len && !is_card(row) && row->id_issuer.len == 0))
		return HR_IDENTITY_NO_ISSUER;
	if (row->id.len && is_card(row) && !hr_is_id_card(row->id))
		return HR_IDENTITY_BAD_CARD;
	if (is_same_number(row))
		return HR_IDENTITY_SAME_NUMBER;
	return HR_IDENTITY_PROBLEM_KINDS;
}

/* A number that is an identity card's is that, whatever it is called (store/patient_key.h). */
static hr_identity_row settle(const hr_identity_build *build, const hr_identity_row *row)
{
	hr_identity_row out = *row;

	if (out.issuer.len == 0)
		out.issuer = build->issuer;
	if (out.id.len && (out.id_type.len == 0 || hr_is_id_card(out.id)))
		out.id_type = HR_IDENTITY_CARD;
	if (out.id.len == 0 || is_card(&out))
		out.id_issuer = HR_STR_NONE;
	if (out.id.len == 0)
		out.id_type = HR_STR_NONE;
	if (out.kind == HR_IDENTITY_CORRECT && out.earlier_issuer.len == 0)
		out.earlier_issuer = out.issuer;
	return out;
}

void hr_identity_add(hr_identity_build *build, const hr_identity_row *row, uint32_t message)
{
	hr_identity_row settled = settle(build, row);
	hr_identity_problem_kind problem = judge(&settled);
	hr_identity_row *rows;

	if (problem != HR_IDENTITY_PROBLEM_KINDS) {
		hr_identity_refuse(build, problem, row->line, message);
		return;
	}
	rows = grow(build, build->rows, build->count, &build->room, sizeof(*rows));
	if (!rows)
		return;
	build->rows = rows;
	rows[build->count++] = settled;
}

/* In UTF-16 as well (recognition/hl7_message.h). */
static bool is_hl7(hr_str bytes)
{
	static const hr_str starts[] = {
		HR_STR_INIT("MSH"),
		HR_STR_INIT("FHS"),
		HR_STR_INIT("BHS"),
		HR_STR_INIT("M\0S\0H\0"),
		HR_STR_INIT("\0M\0S\0H"),
		HR_STR_INIT("\xff\xfeM\0S\0H\0"),
		HR_STR_INIT("\xfe\xff\0M\0S\0H"),
	};

	if (hr_str_starts_with(bytes, HR_STR("\xef\xbb\xbf")))
		bytes = hr_str_slice(bytes, 3, bytes.len);
	while (bytes.len &&
	       (bytes.data[0] == '\v' || bytes.data[0] == '\r' || bytes.data[0] == '\n'))
		bytes = hr_str_slice(bytes, 1, bytes.len);
	for (size_t i = 0; i < COUNT(starts); i++)
		if (hr_str_starts_with(bytes, starts[i]))
			return true;
	return false;
}

bool hr_identity_feed_read(hr_str bytes, hr_str issuer, hr_arena *arena, hr_identity_feed *out,
			   hr_error *err)
{
	hr_identity_build build = { .arena = arena, .issuer = hr_str_trim(issuer) };

	if (!(is_hl7(bytes) ? hr_identity_read_hl7 : hr_identity_read_csv)(&build, bytes, err))
		return false;
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (build.too_many)
		return hr_fail(err, HR_E_LIMIT, "the feed has over %d rows", HR_IDENTITY_ROWS_MAX);
	*out = (hr_identity_feed){ build.rows, build.count, build.problems, build.problem_count,
				   build.sources };
	return true;
}
