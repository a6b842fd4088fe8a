#include "recognition/identity_feed_parts.h"

#include "base/text.h"
#include "catalog/csv.h"
#include "recognition/report.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	COLUMN_NAMES = 5,
	TITLES_MAX = 10,  /* rows above the header */
	HEADER_MAX = 120, /* bytes of a name */
};

/* Folded; the first is for people. */
static const struct column {
	size_t offset; /* of its value in a row */
	bool tells;    /* a row without any of these tells of no study */
	const char *names[COLUMN_NAMES];
} columns[] = {
#define AT(member) offsetof(hr_identity_row, member)
	{ AT(issuer), false, { "issuer", "发号机构", "机构", "patientidissuer" } },
	{ AT(patient_id), true, { "patientid", "患者编号", "患者id", "病人编号", "病历号" } },
	{ AT(accession_number), true, { "accessionnumber", "accession", "检查号", "检查编号" } },
	{ AT(id_type), false, { "idtype", "证件类型", "证件种类", "证件类别" } },
	{ AT(id_issuer), false, { "idissuer", "发证机构", "发证机关" } },
	{ AT(id), false, { "idnumber", "id", "证件号码", "证件号", "身份证号" } },
	{ AT(name), false, { "name", "姓名", "患者姓名" } },
	{ AT(birth_date), false, { "birthdate", "出生日期" } },
	{ AT(sex), false, { "sex", "性别" } },
	{ AT(earlier_issuer), false, { "earlierissuer", "原发号机构" } },
	{ AT(earlier_patient_id), false, { "earlierpatientid", "原患者编号" } },
#undef AT
};

/* Which column of ours each cell is; COUNT(columns) for one that is not. */
struct header {
	uint8_t is[HR_CSV_COLUMNS_MAX];
	uint32_t count;
};

static uint8_t column_of(hr_str cell)
{
	char folded[HEADER_MAX];
	hr_str name = { folded, 0 };

	if (cell.len <= sizeof(folded))
		name.len = hr_text_fold(cell, folded);
	for (size_t i = 0; i < COUNT(columns); i++)
		for (size_t k = 0; k < COLUMN_NAMES && columns[i].names[k]; k++)
			if (hr_str_equal(name, hr_str_of(columns[i].names[k])))
				return (uint8_t)i;
	return COUNT(columns);
}

/* Is it the header? Then `*out` is filled. */
static bool read_header(const hr_csv_row *row, struct header *out)
{
	bool tells = false;

	out->count = row->count;
	for (uint32_t i = 0; i < row->count; i++) {
		out->is[i] = column_of(hr_str_trim(row->cells[i]));
		tells |= out->is[i] < COUNT(columns) && columns[out->is[i]].tells;
	}
	return tells;
}

/* Of two columns of one name either may be meant. */
static bool refuse_twins(const struct header *header, uint32_t line, hr_error *err)
{
	bool met[COUNT(columns)] = { false };

	for (uint32_t i = 0; i < header->count; i++) {
		uint8_t is = header->is[i];

		if (is < COUNT(columns) && met[is])
			return hr_fail_at(err, HR_E_SYNTAX, line, 1,
					  "identity feed: two columns are '%s'",
					  columns[is].names[0]);
		if (is < COUNT(columns))
			met[is] = true;
	}
	return true;
}

static bool find_header(const hr_csv *csv, struct header *out, size_t *below, hr_error *err)
{
	for (size_t i = 0; i < csv->count && i <= TITLES_MAX; i++)
		if (read_header(&csv->rows[i], out)) {
			*below = i + 1;
			return refuse_twins(out, csv->rows[i].line, err);
		}
	return hr_fail(err, HR_E_INCOMPLETE,
		       "identity feed: no header has a column patient_id or accession_number");
}

static bool is_blank(const hr_csv_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (hr_str_trim(row->cells[i]).len)
			return false;
	return true;
}

/* 护照 and 03 are one type; a word that is not known is kept. */
static hr_str type_of(hr_str word)
{
	hr_str known = hr_identity_type_of(word);

	return known.len ? known : word;
}

static void read_row(hr_identity_build *build, const struct header *header, const hr_csv_row *row)
{
	hr_identity_row out = { .line = row->line };

	for (uint32_t i = 0; i < row->count; i++) {
		hr_str cell = hr_str_trim(row->cells[i]);

		if (i >= header->count && cell.len) {
			hr_identity_refuse(build, HR_IDENTITY_CELLS, row->line, 0);
			return;
		}
		if (i < header->count && header->is[i] < COUNT(columns))
			memcpy((char *)&out + columns[header->is[i]].offset, &cell, sizeof(cell));
	}
	out.id_type = type_of(out.id_type);
	out.sex = hr_sex_of_word(out.sex);
	if (out.earlier_patient_id.len || out.earlier_issuer.len)
		out.kind = HR_IDENTITY_CORRECT;
	hr_identity_add(build, &out, 0);
}

bool hr_identity_read_csv(hr_identity_build *build, hr_str bytes, hr_error *err)
{
	struct header header = { .count = 0 };
	size_t below = 0;
	hr_csv csv;

	if (!hr_csv_read(bytes, build->arena, &csv, err) ||
	    !find_header(&csv, &header, &below, err))
		return false;
	for (size_t i = below; i < csv.count; i++) {
		if (is_blank(&csv.rows[i]))
			continue;
		build->sources++;
		read_row(build, &header, &csv.rows[i]);
	}
	return true;
}
