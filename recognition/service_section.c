#include "recognition/service_section.h"

/* HL7 v2 table 0074. MR, MRI and US are not in it, and are written for NMR and the ultrasounds. */
static const hr_service_section sections[] = {
	{ HR_STR_INIT("LAB"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("CH"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("HM"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("SR"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("IMM"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("MB"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("BLB"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("BG"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("CG"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("CP"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("GE"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("MCB"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("MYC"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("OSL"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("PAR"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("PAT"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("SP"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("TX"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("URN"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("VR"), HR_KIND_LAB, HR_STR_INIT("") },
	{ HR_STR_INIT("CT"), HR_KIND_EXAM, HR_STR_INIT("CT") },
	{ HR_STR_INIT("MR"), HR_KIND_EXAM, HR_STR_INIT("MR") },
	{ HR_STR_INIT("NMR"), HR_KIND_EXAM, HR_STR_INIT("MR") },
	{ HR_STR_INIT("MRI"), HR_KIND_EXAM, HR_STR_INIT("MR") },
	{ HR_STR_INIT("US"), HR_KIND_EXAM, HR_STR_INIT("US") },
	{ HR_STR_INIT("RUS"), HR_KIND_EXAM, HR_STR_INIT("US") },
	{ HR_STR_INIT("OUS"), HR_KIND_EXAM, HR_STR_INIT("US") },
	{ HR_STR_INIT("VUS"), HR_KIND_EXAM, HR_STR_INIT("US") },
	{ HR_STR_INIT("CUS"), HR_KIND_EXAM, HR_STR_INIT("US") },
	{ HR_STR_INIT("RAD"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("RX"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("XRC"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("NMS"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("IMG"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("EC"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("EN"), HR_KIND_EXAM, HR_STR_INIT("") },
	{ HR_STR_INIT("PF"), HR_KIND_EXAM, HR_STR_INIT("") },
};

const hr_service_section *hr_service_section_find(hr_str code)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (hr_str_equal(sections[i].code, code))
			return &sections[i];
	return NULL;
}
