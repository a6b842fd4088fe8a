#include "film_object.h"

dcm film_begin(hr_arena *arena, const char *transfer_syntax, hr_dicom_encoding encoding)
{
	dcm d = dcm_open(arena, transfer_syntax, encoding);

	dcm_text(&d, 0x00080016, "UI", DCM_CT);
	dcm_text(&d, 0x00080018, "UI", "1.2.3.4");
	return d;
}

void film_add_us(dcm *d, uint32_t tag, unsigned n)
{
	bool big = d->encoding == HR_DICOM_EXPLICIT_BE;
	char bytes[2] = { (char)(big ? n >> 8 : n), (char)(big ? n : n >> 8) };

	dcm_bytes(d, tag, "US", (hr_str){ bytes, 2 });
}

void film_add_identity(dcm *d)
{
	dcm_text(d, 0x00080020, "DA", "2026.01.03");
	dcm_text(d, 0x00080030, "TM", "080910.5");
	dcm_text(d, 0x00080060, "CS", "CT");
	dcm_text(d, 0x00100010, "PN", "Zhang^Jianguo");
	dcm_text(d, 0x00100020, "LO", "P1");
	dcm_text(d, 0x0020000D, "UI", "1.2");
	dcm_text(d, 0x0020000E, "UI", "1.2.3");
	dcm_text(d, 0x00200011, "IS", "7");
}

void film_add_image(dcm *d)
{
	film_add_us(d, 0x00280002, 1);
	dcm_text(d, 0x00280004, "CS", "MONOCHROME2");
	film_add_us(d, 0x00280010, 2);
	film_add_us(d, 0x00280011, 2);
	film_add_us(d, 0x00280100, 16);
	film_add_us(d, 0x00280101, 16);
	film_add_us(d, 0x00280102, 15);
	film_add_us(d, 0x00280103, 0);
	dcm_bytes(d, 0x7FE00010, "OW", HR_STR("\1\2\3\4\5\6\7\x08"));
}
