#include "dicom/presentation.h"

static bool is_among(hr_str uid, const hr_str *among, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(uid, among[i]))
			return true;
	return false;
}

/* PS3.4 table B.5-1; what is no part of a study (hanging protocols, palettes) is not for us. */
static bool is_storage(hr_str uid)
{
	static const hr_str others[] = {
		HR_STR_INIT("1.2.840.10008.5.1.4.34.7"),
		HR_STR_INIT("1.2.840.10008.5.1.4.34.10"),
	};

	if (!hr_str_starts_with(uid, HR_STR("1.2.840.10008.")))
		return uid.len > 0;
	return hr_str_starts_with(uid, HR_STR("1.2.840.10008.5.1.4.1.1.")) ||
	       is_among(uid, others, sizeof(others) / sizeof(others[0]));
}

/* Answered with messages of our own, which are written in these. */
static bool is_service(hr_str uid)
{
	static const hr_str services[] = {
		HR_STR_INIT("1.2.840.10008.1.1"),
		HR_STR_INIT("1.2.840.10008.1.20.1"),
	};

	return is_among(uid, services, sizeof(services) / sizeof(services[0]));
}

static bool is_plain(hr_str syntax)
{
	static const hr_str plain[] = {
		HR_STR_INIT("1.2.840.10008.1.2"),
		HR_STR_INIT("1.2.840.10008.1.2.1"),
	};

	return is_among(syntax, plain, sizeof(plain) / sizeof(plain[0]));
}

static bool is_standard(hr_str syntax)
{
	return hr_str_starts_with(syntax, HR_STR("1.2.840.10008.1.2"));
}

static bool is_any(hr_str syntax)
{
	return syntax.len > 0;
}

static bool first_that(const hr_str *syntaxes, size_t count, bool (*suits)(hr_str), size_t *chosen)
{
	for (size_t i = 0; i < count; i++)
		if (suits(syntaxes[i])) {
			*chosen = i;
			return true;
		}
	return false;
}

/* A syntax of a maker's own is taken where nothing else is offered. */
hr_presentation hr_presentation_choose(hr_str sop_class, const hr_str *syntaxes, size_t count,
				       size_t *chosen)
{
	bool ok;

	if (is_service(sop_class))
		ok = first_that(syntaxes, count, is_plain, chosen);
	else if (is_storage(sop_class))
		ok = first_that(syntaxes, count, is_standard, chosen) ||
		     first_that(syntaxes, count, is_any, chosen);
	else
		return HR_PRESENTATION_NO_CLASS;
	return ok ? HR_PRESENTATION_TAKEN : HR_PRESENTATION_NO_SYNTAX;
}
