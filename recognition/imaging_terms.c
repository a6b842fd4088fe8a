#include "recognition/imaging_terms.h"

typedef struct word_row {
	hr_str code;
	hr_str word;
} word_row;

/* SNOMED CT to DICOM's Body Part Examined (PS3.16 annex L): the present code and the one before. */
static const word_row body_parts[] = {
	{ HR_STR_INIT("816094009"), HR_STR_INIT("CHEST") },
	{ HR_STR_INIT("51185008"), HR_STR_INIT("CHEST") },
	{ HR_STR_INIT("818981001"), HR_STR_INIT("ABDOMEN") },
	{ HR_STR_INIT("113345001"), HR_STR_INIT("ABDOMEN") },
	{ HR_STR_INIT("818982008"), HR_STR_INIT("ABDOMENPELVIS") },
	{ HR_STR_INIT("416550000"), HR_STR_INIT("CHESTABDOMEN") },
	{ HR_STR_INIT("416775004"), HR_STR_INIT("CHESTABDPELVIS") },
	{ HR_STR_INIT("69536005"), HR_STR_INIT("HEAD") },
	{ HR_STR_INIT("12738006"), HR_STR_INIT("BRAIN") },
	{ HR_STR_INIT("45048000"), HR_STR_INIT("NECK") },
	{ HR_STR_INIT("816092008"), HR_STR_INIT("PELVIS") },
	{ HR_STR_INIT("12921003"), HR_STR_INIT("PELVIS") },
	{ HR_STR_INIT("122494005"), HR_STR_INIT("CSPINE") },
	{ HR_STR_INIT("122495006"), HR_STR_INIT("TSPINE") },
	{ HR_STR_INIT("122496007"), HR_STR_INIT("LSPINE") },
	{ HR_STR_INIT("76752008"), HR_STR_INIT("BREAST") },
	{ HR_STR_INIT("72696002"), HR_STR_INIT("KNEE") },
	{ HR_STR_INIT("29836001"), HR_STR_INIT("HIP") },
	{ HR_STR_INIT("16982005"), HR_STR_INIT("SHOULDER") },
	{ HR_STR_INIT("80891009"), HR_STR_INIT("HEART") },
	{ HR_STR_INIT("10200004"), HR_STR_INIT("LIVER") },
	{ HR_STR_INIT("64033007"), HR_STR_INIT("KIDNEY") },
};

/* SNOMED CT to DICOM's Laterality. */
static const word_row lateralities[] = {
	{ HR_STR_INIT("7771000"), HR_STR_INIT("L") },
	{ HR_STR_INIT("24028007"), HR_STR_INIT("R") },
	{ HR_STR_INIT("51440002"), HR_STR_INIT("B") },
	{ HR_STR_INIT("419161000"), HR_STR_INIT("L") },
	{ HR_STR_INIT("419465000"), HR_STR_INIT("R") },
};

static hr_str translate(hr_str code, const word_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(rows[i].code, code))
			return rows[i].word;
	return code;
}

hr_str hr_imaging_body_part(hr_str code)
{
	return translate(code, body_parts, sizeof(body_parts) / sizeof(body_parts[0]));
}

hr_str hr_imaging_laterality(hr_str code)
{
	return translate(code, lateralities, sizeof(lateralities) / sizeof(lateralities[0]));
}

static const hr_str auxiliary[] = {
	HR_STR_INIT("SR"),  HR_STR_INIT("PR"),	HR_STR_INIT("KO"),	 HR_STR_INIT("DOC"),
	HR_STR_INIT("SEG"), HR_STR_INIT("REG"), HR_STR_INIT("RTSTRUCT"), HR_STR_INIT("AU"),
};

bool hr_imaging_is_auxiliary(hr_str modality)
{
	for (size_t i = 0; i < sizeof(auxiliary) / sizeof(auxiliary[0]); i++)
		if (hr_str_equal(auxiliary[i], modality))
			return true;
	return false;
}

static bool has_value(hr_str values, hr_str value)
{
	while (values.len) {
		size_t at = hr_str_find(values, HR_STR("\\"));

		if (hr_str_equal(hr_str_slice(values, 0, at), value))
			return true;
		values = hr_str_slice(values, at + 1, values.len);
	}
	return false;
}

bool hr_imaging_add_modality(hr_field modality, hr_arena *arena, hr_field *out)
{
	hr_buf both;

	if (!modality.text.len || hr_imaging_is_auxiliary(modality.text) ||
	    has_value(out->text, modality.text))
		return false;
	if (!out->text.len) {
		*out = modality;
		return false;
	}
	hr_buf_init(&both, arena, out->text.len + modality.text.len + 1);
	hr_buf_add(&both, out->text);
	hr_buf_add_char(&both, '\\');
	hr_buf_add(&both, modality.text);
	out->text = both.failed ? HR_STR_NONE : hr_buf_str(&both);
	return true;
}
