/*
 * A manifest as a Key Object Selection Document (PS3.3 A.35.4), as IHE XDS-I.b
 * and MADO ask for it. A file's UIDs are digests of what it says: the same
 * study gives the same file wherever and whenever it is made.
 */
#include "base/crypto.h"
#include "dicom/manifest_parts.h"
#include "dicom/prescan.h"

enum { SERIES_NAMES = 64, MANIFEST_FILE_MAX = HR_MANIFEST_BYTES_MAX };

const hr_concept hr_manifest_titles[2] = {
	[HR_MANIFEST_PLAIN] = { HR_STR_INIT("113030"), HR_STR_INIT("DCM"),
				HR_STR_INIT("Manifest") },
	[HR_MANIFEST_DESCRIBED] = { HR_STR_INIT("MADOTEMP001"), HR_STR_INIT("99IHE"),
				    HR_STR_INIT("Manifest with Description") },
};

/* The front of `text`: so many characters of UTF-8. */
static hr_str front(hr_str text, size_t characters)
{
	size_t at = 0;

	while (at < text.len) {
		if (((unsigned char)text.data[at] & 0xC0) != 0x80 && characters-- == 0)
			break;
		at++;
	}
	return hr_str_slice(text, 0, at);
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7F;
}

static hr_str without_controls(hr_kos_writer *w, hr_str text)
{
	size_t at = 0;
	char *copy;

	while (at < text.len && !is_control(text.data[at]))
		at++;
	if (at == text.len)
		return text;
	copy = hr_arena_copy(w->arena, text.data, text.len);
	if (!copy) {
		w->buf.failed = true;
		return HR_STR_NONE;
	}
	for (; at < text.len; at++)
		if (is_control(copy[at]))
			copy[at] = ' ';
	return (hr_str){ copy, text.len };
}

void hr_kos_put_text(hr_kos_writer *w, uint32_t tag, const char *vr, hr_str text, size_t characters)
{
	hr_dicom_put(&w->buf, tag, vr,
		     without_controls(w, characters ? front(text, characters) : text));
}

static void put_known_text(hr_kos_writer *w, uint32_t tag, const char *vr, hr_str text,
			   size_t characters)
{
	if (text.len)
		hr_kos_put_text(w, tag, vr, text, characters);
}

void hr_kos_put_concept(hr_buf *buf, uint32_t tag, const hr_concept *concept)
{
	hr_dicom_open_single(buf, tag);
	hr_dicom_put(buf, 0x00080100, "SH", concept->code);
	hr_dicom_put(buf, 0x00080102, "SH", concept->scheme);
	hr_dicom_put(buf, 0x00080104, "LO", concept->meaning);
	hr_dicom_close_single(buf);
}

static void put_universal(hr_kos_writer *w, const hr_manifest_issuer *issuer)
{
	bool is_oid = hr_manifest_is_uid(issuer->universal);

	if (issuer->universal.len == 0)
		return;
	hr_kos_put_text(w, 0x00400032, "UT", issuer->universal, 0);
	if (issuer->universal_type.len)
		hr_kos_put_text(w, 0x00400033, "CS", issuer->universal_type, 0);
	else
		hr_dicom_put(&w->buf, 0x00400033, "CS", is_oid ? HR_STR("ISO") : HR_STR("URI"));
}

/* An entity of HL7 v2 (PS3.3 10.14); nothing when nobody is named. */
static void put_issuer(hr_kos_writer *w, uint32_t tag, const hr_manifest_issuer *issuer)
{
	if (issuer->local.len + issuer->universal.len == 0)
		return;
	hr_dicom_open_single(&w->buf, tag);
	put_known_text(w, 0x00400031, "UT", issuer->local, 0);
	put_universal(w, issuer);
	hr_dicom_close_single(&w->buf);
}

static void put_study(hr_kos_writer *w, hr_str uid)
{
	const hr_manifest *m = w->manifest;
	bool is_made = m->made_date.len > 0;

	hr_dicom_put(&w->buf, 0x00080005, "CS", HR_STR("ISO_IR 192"));
	hr_dicom_put(&w->buf, 0x00080016, "UI", HR_KOS_CLASS);
	hr_dicom_put(&w->buf, 0x00080018, "UI", uid);
	hr_kos_put_text(w, 0x00080020, "DA", m->study_date, 0);
	hr_kos_put_text(w, 0x00080023, "DA", is_made ? m->made_date : m->study_date, 0);
	hr_kos_put_text(w, 0x00080030, "TM", m->study_time, 0);
	if ((is_made ? m->made_time : m->study_time).len)
		hr_kos_put_text(w, 0x00080033, "TM", is_made ? m->made_time : m->study_time, 0);
	else
		hr_dicom_put(&w->buf, 0x00080033, "TM", HR_STR("000000"));
	hr_kos_put_text(w, 0x00080050, "SH", m->accession.value, 0);
	put_issuer(w, 0x00080051, &m->accession.issuer);
	hr_dicom_put(&w->buf, 0x00080060, "CS", HR_STR("KO"));
	hr_kos_put_text(w, 0x00080070, "LO", m->manufacturer, SERIES_NAMES);
	put_known_text(w, 0x00080080, "LO", m->institution, SERIES_NAMES);
	hr_kos_put_text(w, 0x00080090, "PN", m->referring_physician, 0);
	put_known_text(w, 0x00080201, "SH", m->timezone, 0);
	put_known_text(w, 0x00081030, "LO", m->study_description, SERIES_NAMES);
	hr_dicom_put(&w->buf, 0x0008103E, "LO", HR_STR("Manifest"));
	hr_dicom_open_sequence(&w->buf, 0x00081111);
	hr_dicom_close_sequence(&w->buf);
}

static void put_patient(hr_kos_writer *w)
{
	const hr_manifest *m = w->manifest;

	hr_kos_put_text(w, 0x00100010, "PN", m->patient_name, 0);
	hr_kos_put_text(w, 0x00100020, "LO", m->patient.value, 0);
	put_known_text(w, 0x00100021, "LO", m->patient.issuer.local, 0);
	if (m->patient.issuer.universal.len) {
		hr_dicom_open_single(&w->buf, 0x00100024);
		put_universal(w, &m->patient.issuer);
		hr_dicom_close_single(&w->buf);
	}
	hr_kos_put_text(w, 0x00100030, "DA", m->patient_birth_date, 0);
	hr_kos_put_text(w, 0x00100040, "CS", m->patient_sex, 0);
}

static void put_request(hr_kos_writer *w, const hr_manifest_request *request)
{
	hr_dicom_open_item(&w->buf);
	hr_kos_put_text(w, 0x00080050, "SH", request->accession.value, 0);
	put_issuer(w, 0x00080051, &request->accession.issuer);
	hr_dicom_open_sequence(&w->buf, 0x00081110);
	hr_dicom_close_sequence(&w->buf);
	hr_dicom_put(&w->buf, 0x0020000D, "UI", w->manifest->study_uid);
	hr_kos_put_text(w, 0x00321060, "LO", request->description, SERIES_NAMES);
	hr_dicom_open_sequence(&w->buf, 0x00321064);
	hr_dicom_close_sequence(&w->buf);
	put_issuer(w, 0x00400026, &request->placer.issuer);
	put_issuer(w, 0x00400027, &request->filler.issuer);
	hr_kos_put_text(w, 0x00401001, "SH", request->procedure_id, 0);
	hr_kos_put_text(w, 0x00402016, "LO", request->placer.value, 0);
	hr_kos_put_text(w, 0x00402017, "LO", request->filler.value, 0);
	hr_dicom_close_item(&w->buf);
}

/* Where no order is known but a number of it, that number is the order (XDS-I.b). */
static void put_requests(hr_kos_writer *w)
{
	const hr_manifest *m = w->manifest;
	const hr_manifest_request of_study = { .accession = m->accession };

	if (m->request_count == 0 && m->accession.value.len == 0)
		return;
	hr_dicom_open_sequence(&w->buf, 0x0040A370);
	for (uint32_t i = 0; i < m->request_count; i++)
		put_request(w, &m->requests[i]);
	if (m->request_count == 0)
		put_request(w, &of_study);
	hr_dicom_close_sequence(&w->buf);
}

static void put_series(hr_kos_writer *w, const hr_manifest_series *series)
{
	hr_dicom_open_item(&w->buf);
	put_known_text(w, 0x00080054, "AE", series->retrieve_ae, 0);
	put_known_text(w, 0x00081190, "UR", series->retrieve_url, 0);
	hr_dicom_open_sequence(&w->buf, 0x00081199);
	for (uint32_t i = 0; i < series->instance_count; i++) {
		hr_dicom_open_item(&w->buf);
		hr_dicom_put(&w->buf, 0x00081150, "UI", series->instances[i].sop_class);
		hr_dicom_put(&w->buf, 0x00081155, "UI", series->instances[i].sop_instance);
		hr_dicom_close_item(&w->buf);
	}
	hr_dicom_close_sequence(&w->buf);
	hr_dicom_put(&w->buf, 0x0020000E, "UI", series->uid);
	hr_dicom_put_known(&w->buf, 0x0040E011, "UI", series->retrieve_location_uid);
	hr_dicom_close_item(&w->buf);
}

static void put_evidence(hr_kos_writer *w)
{
	hr_dicom_open_single(&w->buf, 0x0040A375);
	hr_dicom_open_sequence(&w->buf, 0x00081115);
	for (uint32_t i = 0; i < w->manifest->series_count; i++)
		put_series(w, &w->manifest->series[i]);
	hr_dicom_close_sequence(&w->buf);
	hr_dicom_put(&w->buf, 0x0020000D, "UI", w->manifest->study_uid);
	hr_dicom_close_single(&w->buf);
}

static void put_template(hr_kos_writer *w)
{
	hr_dicom_open_single(&w->buf, 0x0040A504);
	hr_dicom_put(&w->buf, 0x00080105, "CS", HR_STR("DCMR"));
	hr_dicom_put(&w->buf, 0x0040DB00, "CS", HR_STR("2010"));
	hr_dicom_close_single(&w->buf);
}

static void put_data_set(hr_kos_writer *w, hr_str uid, hr_str series_uid)
{
	put_study(w, uid);
	put_patient(w);
	hr_dicom_put(&w->buf, 0x0020000D, "UI", w->manifest->study_uid);
	hr_dicom_put(&w->buf, 0x0020000E, "UI", series_uid);
	hr_kos_put_text(w, 0x00200010, "SH", w->manifest->study_id, 0);
	hr_dicom_put(&w->buf, 0x00200011, "IS", HR_STR("1"));
	hr_dicom_put(&w->buf, 0x00200013, "IS", HR_STR("1"));
	hr_dicom_put(&w->buf, 0x0040A040, "CS", HR_STR("CONTAINER"));
	hr_kos_put_concept(&w->buf, 0x0040A043, &hr_manifest_titles[w->form]);
	hr_dicom_put(&w->buf, 0x0040A050, "CS", HR_STR("SEPARATE"));
	put_requests(w);
	put_evidence(w);
	put_template(w);
	hr_kos_put_content(w);
}

/* What is left of 128 bits, divided by ten. */
static unsigned divide(unsigned char number[16])
{
	unsigned rest = 0;

	for (int i = 0; i < 16; i++) {
		unsigned value = rest << 8 | number[i];

		number[i] = (unsigned char)(value / 10);
		rest = value % 10;
	}
	return rest;
}

static bool is_zero(const unsigned char number[16])
{
	for (int i = 0; i < 16; i++)
		if (number[i])
			return false;
	return true;
}

/* The digest as a UUID of version 8 (RFC 9562 5.8), the UUID as a UID (PS3.5 B.2). */
static bool format_uid(hr_str named, char out[HR_MANIFEST_UID], hr_error *err)
{
	char reversed[HR_MANIFEST_UID];
	unsigned char number[16];
	size_t count = 0;
	hr_digest digest;
	hr_buf buf;

	if (!hr_sha256(named, &digest, err))
		return false;
	memcpy(number, digest.bytes, sizeof(number));
	number[6] = (unsigned char)(0x80 | (number[6] & 0x0F));
	number[8] = (unsigned char)(0x80 | (number[8] & 0x3F));
	while (!is_zero(number))
		reversed[count++] = (char)('0' + divide(number));
	hr_buf_init_over(&buf, out, HR_MANIFEST_UID);
	HR_BUF_ADD(&buf, "2.25.");
	while (count)
		hr_buf_add_char(&buf, reversed[--count]);
	return true;
}

/* All manifests of a study stand in one series of it. */
static bool format_series_uid(const hr_manifest *manifest, char out[HR_MANIFEST_UID], hr_error *err)
{
	char named[128];
	hr_buf buf;

	hr_buf_init_over(&buf, named, sizeof(named));
	HR_BUF_ADD(&buf, "huren: manifests of ");
	hr_buf_add(&buf, manifest->study_uid);
	return format_uid(hr_buf_str(&buf), out, err);
}

static bool write_with_uid(hr_kos_writer *w, const char *uid, const char *series_uid, hr_error *err)
{
	hr_buf_init(&w->buf, w->arena, MANIFEST_FILE_MAX);
	if (uid[0])
		hr_dicom_put_meta(&w->buf, &(hr_dicom_meta){ .sop_class = HR_KOS_CLASS,
							     .sop_instance = hr_str_of(uid) });
	put_data_set(w, hr_str_of(uid), hr_str_of(series_uid));
	if (!w->buf.failed)
		return true;
	if (hr_arena_is_short(w->arena))
		return hr_fail_memory(err);
	return hr_fail(err, HR_E_LIMIT, "manifest: it passes %d bytes", MANIFEST_FILE_MAX);
}

static bool check(const hr_manifest *manifest, hr_error *err)
{
	if (!hr_manifest_check(manifest, err))
		return false;
	if (manifest->made_date.len + manifest->study_date.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "manifest: no day, its own or the study's");
	return true;
}

/* The content is written with no UID, for the digest that becomes it. */
static bool begin(hr_kos_writer *w, char uid[HR_MANIFEST_UID], char series_uid[HR_MANIFEST_UID],
		  hr_error *err)
{
	return check(w->manifest, err) && format_series_uid(w->manifest, series_uid, err) &&
	       write_with_uid(w, "", series_uid, err) && format_uid(hr_buf_str(&w->buf), uid, err);
}

bool hr_manifest_uid(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
		     char out[HR_MANIFEST_UID], hr_error *err)
{
	hr_kos_writer w = { .manifest = manifest, .form = form, .arena = arena };
	char series_uid[HR_MANIFEST_UID];
	char uid[HR_MANIFEST_UID];

	if (!begin(&w, uid, series_uid, err))
		return false;
	memcpy(out, uid, sizeof(uid));
	return true;
}

bool hr_manifest_write_kos(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
			   hr_str *out, hr_error *err)
{
	hr_kos_writer w = { .manifest = manifest, .form = form, .arena = arena };
	char series_uid[HR_MANIFEST_UID];
	char uid[HR_MANIFEST_UID];
	hr_dicom_scan scan;

	if (!begin(&w, uid, series_uid, err) || !write_with_uid(&w, uid, series_uid, err))
		return false;
	/* What nobody may read is not written: elements have a limit too. */
	if (!hr_dicom_prescan(hr_buf_str(&w.buf), arena, &scan, err))
		return false;
	*out = hr_buf_str(&w.buf);
	return true;
}
