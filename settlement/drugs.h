/*
 * What a drug of 双通道 that was bought elsewhere counts for at home: the
 * payment standard of the place of insurance, else the lowest of the same
 * generic name and strength, in the order that its own rule has. Pure.
 */
#pragma once

#include "catalog/manual.h"
#include "settlement/visit.h"

typedef enum hr_drug_outcome {
	HR_DRUG_OWN,	   /* the standard of the place of insurance */
	HR_DRUG_LOWEST,	   /* the lowest of its name and strength */
	HR_DRUG_NO_RULE,   /* how the place of insurance does it is not known */
	HR_DRUG_NO_NAME,   /* name or strength are not given */
	HR_DRUG_SEVERAL,   /* the place of insurance has several, and the product is not told */
	HR_DRUG_NOT_KNOWN, /* no standard is */
	HR_DRUG_OUTCOMES
} hr_drug_outcome;

typedef struct hr_drug_ruling {
	uint32_t line;
	hr_drug_outcome outcome;
	const hr_dual_channel *rule;	  /* NULL: none */
	const hr_drug_standard *standard; /* NULL: none; one of several */
} hr_drug_ruling;

/* `line` is of 双通道; `insured` is insuplc_admdvs, `on` the day whose policies hold. */
hr_drug_ruling hr_drug_rule(const hr_catalog *catalog, hr_str insured, hr_date on,
			    const hr_line *line);

hr_str hr_drug_outcome_word(hr_drug_outcome outcome);

/* "甲 10mg: 按参保地医保支付标准 12.34 元". No line end. */
void hr_drug_ruling_format(const hr_drug_ruling *ruling, const hr_line *line, bool english,
			   hr_buf *out);
