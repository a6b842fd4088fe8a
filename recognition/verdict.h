/* A verdict for people and for machines. */
#pragma once

#include "recognition/recognition.h"

typedef enum hr_lang { HR_LANG_ZH, HR_LANG_EN } hr_lang;

typedef struct hr_verdict_style {
	hr_lang lang;
	bool explain; /* every reason with its evidence, not only those that decide */
} hr_verdict_style;

/* A few lines for a person at a desk. */
void hr_verdict_format_text(const hr_verdict *verdict, hr_verdict_style style, hr_buf *out);

/* One line of JSON, as recognition/verdict.schema.json says; no line end. */
void hr_verdict_format_json(const hr_verdict *verdict, hr_buf *out);

/* One object of JSON, a `report` of service/batch.schema.json: outcomes, and reasons by their
 * codes alone. A tenth of the above, or less; no line end. */
void hr_verdict_format_brief(const hr_verdict *verdict, hr_buf *out);
