/*
 * Who the patients of a hospital are: what its systems tell of their own
 * numbers, read to rows that tie a study (PatientID and its issuer, accession
 * number) to a person. Pure; what is done with the rows is another's.
 *
 * HL7 v2: ADT^A01, A04, A05, A08, A28, A31 and orders (ORM^O01, OMG^O19,
 * OMI^O23) tie; ADT^A34, A40, A47 correct: their MRG names what a number was
 * before. Orders bring the accession number: IPC-1, else OBR-18 (IHE RAD TF-2
 * 4.4), else OBR-3, else ORC-3; a cancelled one (ORC-1) brings none. PID-3 is
 * read with its repetitions: an identity card (also of PID-19), a passport and
 * their kin (HL7 table 0203) are the person's; numbers of visits are nobody's;
 * all others are the patient's at their authority.
 *
 * CSV (catalog/csv.h): a header names the columns, in Chinese or English, in
 * any order; + one of them is needed in each row.
 *
 * issuer 发号机构, patient_id 患者编号 +, accession_number 检查号 +, id_type 证件类型,
 * id_issuer 发证机构, id_number 证件号码, name 姓名, birth_date 出生日期, sex 性别,
 * earlier_issuer 原发号机构, earlier_patient_id 原患者编号 (makes the row a correction)
 *
 * A message or a row that cannot be taken is a problem with its place, and the
 * others are read; none of either is passed over in silence.
 */
#pragma once

#include "base/str.h"

enum {
	HR_IDENTITY_ROWS_MAX = 1000000, /* and problems */
	HR_IDENTITY_TEXT_MAX = 256,	/* bytes of one value */
};

typedef enum hr_identity_kind {
	HR_IDENTITY_TIE,     /* this number is that person's */
	HR_IDENTITY_CORRECT, /* what stands under the earlier number is the newer one's */
} hr_identity_kind;

/* Values without blanks around them; empty where they are not told. */
typedef struct hr_identity_row {
	hr_identity_kind kind;
	hr_str issuer; /* of patient_id: PID-3.4's name, else its OID, else MSH-4, else as given */
	hr_str patient_id;
	hr_str accession_number; /* empty: all of the patient's studies */
	hr_str id_type;		 /* hr_identity_type_of; empty with `id`: nobody tells who it is */
	hr_str id_issuer;
	hr_str id;
	hr_str name;	   /* for people, and to compare with the film's */
	hr_str birth_date; /* as written */
	hr_str sex;	   /* "1", "2" (GB/T 2261.1), or "" */
	hr_str earlier_issuer;
	hr_str earlier_patient_id;
	uint32_t line; /* in the input, from 1 */
} hr_identity_row;

/*
 * NOT_PRODUCTION: MSH-11 says training or debugging. NO_NUMBER: neither
 * PatientID nor accession number. NO_ISSUER: of PatientID, or of an id other
 * than a card's. BAD_CARD: fails GB 11643. NUMBERS: over 16 in one field.
 * NO_EARLIER, SAME_NUMBER: a correction of nothing. CELLS: more than the
 * header names.
 */
#define HR_IDENTITY_PROBLEMS(X)                                                                    \
	X(TYPE, "message-type")                                                                    \
	X(NOT_PRODUCTION, "not-production")                                                        \
	X(NO_PATIENT, "no-patient")                                                                \
	X(NO_NUMBER, "no-number")                                                                  \
	X(NO_ISSUER, "no-issuer")                                                                  \
	X(BAD_CARD, "bad-id-card")                                                                 \
	X(NUMBERS, "too-many-numbers")                                                             \
	X(TOO_LONG, "too-long")                                                                    \
	X(NO_EARLIER, "no-earlier-number")                                                         \
	X(SAME_NUMBER, "same-number")                                                              \
	X(CELLS, "too-many-cells")

typedef enum hr_identity_problem_kind {
#define X(name, word) HR_IDENTITY_##name,
	HR_IDENTITY_PROBLEMS(X)
#undef X
		HR_IDENTITY_PROBLEM_KINDS
} hr_identity_problem_kind;

typedef struct hr_identity_problem {
	hr_identity_problem_kind kind;
	uint32_t line;	  /* of the row, or of the segment */
	uint32_t message; /* of HL7, from 1; 0: CSV */
} hr_identity_problem;

typedef struct hr_identity_feed {
	const hr_identity_row *rows; /* in the order of the input */
	size_t count;
	const hr_identity_problem *problems;
	size_t problem_count;
	size_t sources; /* messages or rows of CSV that were read: each gave a row or a problem */
} hr_identity_feed;

/*
 * HL7 v2, when it begins so (MSH, FHS, BHS), else CSV. `issuer` is whose the
 * numbers are where the input does not say; may be empty. HR_E_SYNTAX,
 * HR_E_ENCODING, HR_E_UNSUPPORTED, HR_E_LIMIT for what cannot be read at all,
 * and HR_E_INCOMPLETE for CSV without a header that is known.
 */
bool hr_identity_feed_read(hr_str bytes, hr_str issuer, hr_arena *arena, hr_identity_feed *out,
			   hr_error *err);

/* "bad-id-card" */
const char *hr_identity_problem_word(hr_identity_problem_kind kind);

/*
 * "identity-card", "passport", ... for the words of WS 364.3 CV02.01.101, of
 * HL7 table 0203, and those that are written; empty for what is none of them.
 */
hr_str hr_identity_type_of(hr_str word);
