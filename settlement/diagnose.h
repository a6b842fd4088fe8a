/*
 * May this visit be settled directly, and if not, why: every cause that
 * applies, in the order of causes.def, each with what cures it and who can.
 * Pure: no clock, no I/O.
 *
 * What is not known, of the visit or by the catalogue, is told as not known:
 * never a cause, and never a pass. What the platform itself has said (err_msg)
 * is matched by the catalogue's texts; one that no text fits is kept as it is.
 */
#pragma once

#include "catalog/directory.h"
#include "settlement/filing.h"
#include "settlement/quote.h"

typedef enum hr_cause {
#define C(name, office, zh, en, cure_zh, cure_en) HR_CAUSE_##name,
#include "settlement/causes.def"
#undef C
	HR_CAUSE_COUNT
} hr_cause;

typedef enum hr_cause_state {
	HR_CAUSE_NOT_ASKED, /* it cannot be one of this visit */
	HR_CAUSE_ABSENT,
	HR_CAUSE_NOT_KNOWN,
	HR_CAUSE_PRESENT,
} hr_cause_state;

/* Who can cure it. */
typedef enum hr_cure_by {
	HR_CURE_INSURED,
	HR_CURE_CARD,
	HR_CURE_HOSPITAL,
	HR_CURE_STAY,
	HR_CURE_NOBODY,
} hr_cure_by;

typedef struct hr_words {
	hr_str zh;
	hr_str en;
} hr_words;

enum { HR_CAUSE_OFFICES_MAX = 8, HR_PLATFORM_TEXTS_MAX = 8 };

typedef struct hr_cause_ruling {
	hr_cause_state state;
	bool said; /* by the platform */
	hr_words why;
	const hr_origin *origin; /* the record that decided; NULL: none */
	size_t office_count;
	const hr_office *offices[HR_CAUSE_OFFICES_MAX];
	const hr_institution *institution; /* where the open stay is, as far as it is known */
} hr_cause_ruling;

/* What the platform said: `count` texts of the catalogue fit; 0: it is unknown, and kept. */
typedef struct hr_platform_said {
	hr_str text; /* UTF-8; empty: nothing */
	size_t count;
	const hr_platform_text *rows[HR_PLATFORM_TEXTS_MAX];
} hr_platform_said;

typedef enum hr_diagnosis_outcome {
	HR_DIAGNOSIS_DIRECT,
	HR_DIAGNOSIS_NOT_DIRECT,
	HR_DIAGNOSIS_NOT_KNOWN, /* no cause is known, and not all is */
} hr_diagnosis_outcome;

typedef struct hr_diagnosis {
	const hr_catalog *catalog;
	const hr_visit *visit;
	hr_diagnosis_outcome outcome;
	hr_service service; /* HR_SERVICE_COUNT: of none that networks have */
	bool home;	    /* within the pooling area */
	bool across;	    /* in another province */
	hr_cause_ruling causes[HR_CAUSE_COUNT];
	hr_platform_said said;
} hr_diagnosis;

/* HR_E_ENCODING when the platform's text is in no encoding that is read; HR_E_LIMIT over 64 KiB. */
bool hr_diagnose(const hr_catalog *catalog, const hr_visit *visit, hr_arena *arena,
		 hr_diagnosis *out, hr_error *err);

/* Bytes of an error text, in UTF-8 or GB18030, against the catalogue's texts. */
bool hr_platform_read(const hr_catalog *catalog, hr_str bytes, hr_arena *arena,
		      hr_platform_said *out, hr_error *err);

/* Was anything that decided, or an office that is named, made up? */
bool hr_diagnosis_is_synthetic(const hr_diagnosis *diagnosis);

void hr_diagnosis_format_json(const hr_diagnosis *diagnosis, hr_buf *out);
void hr_diagnosis_format_text(const hr_diagnosis *diagnosis, hr_quote_lang lang, hr_buf *out);

hr_str hr_cause_code(hr_cause cause);
hr_words hr_cause_words(hr_cause cause);
hr_words hr_cause_cure(hr_cause cause);
hr_cure_by hr_cause_cure_by(hr_cause cause);
hr_str hr_cure_by_word(hr_cure_by by);
hr_words hr_cure_by_words(hr_cure_by by);
