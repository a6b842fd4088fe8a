#include "manifest_fixture.h"

#include <stdlib.h>

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define SR "1.2.840.10008.5.1.4.1.1.88.22"

static const hr_manifest_instance slices[] = {
	{ HR_STR_INIT(CT), HR_STR_INIT("1.2.3.1.1"), HR_STR_INIT("1"), 0, 512, 512 },
	{ HR_STR_INIT(CT), HR_STR_INIT("1.2.3.1.2"), HR_STR_INIT("2"), 0, 512, 256 },
	{ HR_STR_INIT(CT), HR_STR_INIT("1.2.3.1.30"), HR_STR_INIT("3"), 40, 512, 512 },
};

static const hr_manifest_instance texts[] = {
	{ HR_STR_INIT(SR), HR_STR_INIT("1.2.3.2.1"), HR_STR_INIT("1"), 0, 0, 0 },
};

static const hr_manifest_series series[] = {
	{
		.uid = HR_STR_INIT("1.2.3.1"),
		.modality = HR_STR_INIT("CT"),
		.description = HR_STR_INIT("头颅平扫 5mm"),
		.number = HR_STR_INIT("2"),
		.date = HR_STR_INIT("20260103"),
		.time = HR_STR_INIT("081122.5"),
		.retrieve_url = HR_STR_INIT("https://pacs.hh.example.cn/dicom-web"),
		.retrieve_location_uid = HR_STR_INIT("1.2.156.112605.1"),
		.retrieve_ae = HR_STR_INIT("HHPACS"),
		.instances = slices,
		.instance_count = 3,
	},
	{
		.uid = HR_STR_INIT("1.2.3.2"),
		.modality = HR_STR_INIT("SR"),
		.description = HR_STR_INIT("报告"),
		.number = HR_STR_INIT("99"),
		.date = HR_STR_INIT("20260104"),
		.time = HR_STR_INIT("0930"),
		.retrieve_url = HR_STR_INIT("https://pacs.hh.example.cn/dicom-web"),
		.retrieve_location_uid = HR_STR_INIT("1.2.156.112605.1"),
		.retrieve_ae = HR_STR_INIT("HHPACS"),
		.instances = texts,
		.instance_count = 1,
	},
};

#define ISSUER(name, oid)                                                                          \
	{                                                                                          \
		HR_STR_INIT(name), HR_STR_INIT(oid), HR_STR_INIT("ISO")                            \
	}

static const hr_manifest_request requests[] = {
	{
		.accession = { HR_STR_INIT("CT20260103001"), ISSUER("HHRIS", "1.2.156.1.2") },
		.placer = { HR_STR_INIT("P7788"), ISSUER("HIS", "1.2.156.1.3") },
		.filler = { HR_STR_INIT("F9911"), ISSUER("RIS", "1.2.156.1.4") },
		.procedure_id = HR_STR_INIT("RP1"),
		.description = HR_STR_INIT("头颅 CT 平扫"),
	},
};

static const hr_manifest manifest = {
	.made_date = HR_STR_INIT("20260105"),
	.made_time = HR_STR_INIT("101112"),
	.timezone = HR_STR_INIT("+0800"),
	.manufacturer = HR_STR_INIT("huren"),
	.institution = HR_STR_INIT("天津市环湖医院"),
	.patient = { HR_STR_INIT("0012345"), ISSUER("HHHIS", "1.2.156.1.1") },
	.patient_name = HR_STR_INIT("Zhang^Jianguo=张^建国"),
	.patient_birth_date = HR_STR_INIT("19570102"),
	.patient_sex = HR_STR_INIT("M"),
	.study_uid = HR_STR_INIT("1.2.3"),
	.accession = { HR_STR_INIT("CT20260103001"), ISSUER("HHRIS", "1.2.156.1.2") },
	.study_id = HR_STR_INIT("S1"),
	.study_date = HR_STR_INIT("20260103"),
	.study_time = HR_STR_INIT("080910.123"),
	.study_description = HR_STR_INIT("头颅 CT"),
	.referring_physician = HR_STR_INIT("李^医生"),
	.requests = requests,
	.request_count = 1,
	.series = series,
	.series_count = 2,
	.instance_count = 4,
};

const hr_manifest *manifest_of_hand(void)
{
	return &manifest;
}

static void say(hr_buf *out, const char *name, hr_str value)
{
	if (value.len)
		hr_buf_addf(out, "%s: %.*s\n", name, HR_STR_ARG(value));
}

static void say_id(hr_buf *out, const char *name, const hr_manifest_id *id)
{
	hr_buf_addf(out, "%s: %.*s | %.*s | %.*s | %.*s\n", name, HR_STR_ARG(id->value),
		    HR_STR_ARG(id->issuer.local), HR_STR_ARG(id->issuer.universal),
		    HR_STR_ARG(id->issuer.universal_type));
}

static void say_request(hr_buf *out, const hr_manifest_request *request)
{
	say_id(out, "  order", &request->accession);
	say_id(out, "  placer", &request->placer);
	say_id(out, "  filler", &request->filler);
	say(out, "  procedure", request->procedure_id);
	say(out, "  procedure text", request->description);
}

static void say_series(hr_buf *out, const hr_manifest_series *s)
{
	say(out, "series", s->uid);
	say(out, "  modality", s->modality);
	say(out, "  text", s->description);
	say(out, "  number", s->number);
	say(out, "  date", s->date);
	say(out, "  time", s->time);
	say(out, "  url", s->retrieve_url);
	say(out, "  location", s->retrieve_location_uid);
	say(out, "  ae", s->retrieve_ae);
	for (uint32_t i = 0; i < s->instance_count; i++)
		hr_buf_addf(out, "    %.*s %.*s '%.*s' %u %ux%u\n",
			    HR_STR_ARG(s->instances[i].sop_instance),
			    HR_STR_ARG(s->instances[i].sop_class),
			    HR_STR_ARG(s->instances[i].number), s->instances[i].frames,
			    s->instances[i].rows, s->instances[i].columns);
}

hr_str manifest_words(const hr_manifest *m, hr_arena *arena)
{
	hr_buf out;

	hr_buf_init(&out, arena, (size_t)64 << 20);
	say(&out, "made", m->made_date);
	say(&out, "made at", m->made_time);
	say(&out, "zone", m->timezone);
	say(&out, "manufacturer", m->manufacturer);
	say(&out, "institution", m->institution);
	say_id(&out, "patient", &m->patient);
	say(&out, "name", m->patient_name);
	say(&out, "born", m->patient_birth_date);
	say(&out, "sex", m->patient_sex);
	say(&out, "study", m->study_uid);
	say_id(&out, "accession", &m->accession);
	say(&out, "study id", m->study_id);
	say(&out, "day", m->study_date);
	say(&out, "time", m->study_time);
	say(&out, "text", m->study_description);
	say(&out, "referred by", m->referring_physician);
	for (uint32_t i = 0; i < m->request_count; i++)
		say_request(&out, &m->requests[i]);
	for (uint32_t i = 0; i < m->series_count; i++)
		say_series(&out, &m->series[i]);
	hr_buf_addf(&out, "instances: %u\n", m->instance_count);
	if (out.failed)
		abort();
	return hr_buf_str(&out);
}
