#include "service/dimse_parts.h"

enum {
	OUT_OF_RESOURCES = 0xA700,
	DOES_NOT_MATCH = 0xA900,
	CANNOT_UNDERSTAND = 0xC000,
	PROCESSING_FAILURE = 0x0110,
	DUPLICATE = 0x0111,
};

/* Of any other code: it cannot be understood. A sender tries again after A7xx alone. */
static const struct row {
	hr_error_code code;
	uint16_t status;
} rows[] = {
	{ HR_E_NONE, 0 },
	{ HR_E_NO_SPACE, OUT_OF_RESOURCES },
	{ HR_E_READ_ONLY, OUT_OF_RESOURCES },
	{ HR_E_UNAVAILABLE, OUT_OF_RESOURCES },
	{ HR_E_BUSY, OUT_OF_RESOURCES },
	{ HR_E_IO, OUT_OF_RESOURCES },
	{ HR_E_MEMORY, OUT_OF_RESOURCES },
	{ HR_E_CONFLICT, DOES_NOT_MATCH },
	{ HR_E_EXISTS, DUPLICATE },
	{ HR_E_INTERNAL, PROCESSING_FAILURE },
};

/* LO in the default character set: what is not printable ASCII, or parts values, is left out. */
static void set_comment(const char *message, char out[])
{
	size_t len = 0;

	for (; *message && len < sizeof(((hr_dimse_status *)NULL)->comment) - 1; message++)
		if (*message >= ' ' && *message <= '~' && *message != '\\')
			out[len++] = *message;
	out[len] = '\0';
}

void hr_dimse_status_of(const hr_error *err, hr_dimse_status *out)
{
	*out = (hr_dimse_status){ .code = CANNOT_UNDERSTAND };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == err->code)
			out->code = rows[i].status;
	if (err->code != HR_E_NONE)
		set_comment(err->message, out->comment);
}
