/*
 * What a person does with the films of a node, by the command: each act is a
 * row, run by whoever writes the data folder (control.h). What goes in are
 * words and perhaps a file, what comes out is JSON.
 */
#pragma once

#include "service/control.h"
#include "service/films.h"

/* The words of each, in order; a word may be empty. Numbers are part of no file: they may change.
 */
typedef enum hr_film_act {
	HR_ACT_ADD = 1, /* institution; and the object, or the links, as a file */
	HR_ACT_SEARCH, /* "study", "series" or "instance", then names and values as QIDO-RS has them
			*/
	HR_ACT_OBJECTS, /* study, series, instance: the last two may be empty */
	HR_ACT_OBJECT,	/* study, series, instance: the bytes of one */
	HR_ACT_SHOW,	/* study */
	HR_ACT_UNMATCHED,
	HR_ACT_STATE,	 /* study, "held", "published" or "withdrawn", reason */
	HR_ACT_MATCH,	 /* issuer, reason; and an identity feed as a file */
	HR_ACT_CORRECT,	 /* study, reason; and a feed of one row */
	HR_ACT_REMOVE,	 /* study, reason, legal ground, days that films are kept */
	HR_ACT_CHECK,	 /* not empty: reads all bytes; not empty: removes what nothing knows */
	HR_ACT_MANIFEST, /* study; "dicom" or "fhir"; and the base of DICOMweb */
	HR_ACT_INDEX,	 /* study, personnel code, USCC of who stores the images */
	HR_ACT_LEADS,	 /* what a report leads to: the words of film_reports.h */
	HR_ACT_PUBLISH,	 /* institution, "csv" or "ndjson"; and rows as a file: some are taken */
	HR_ACT_SHARE,	 /* the wish as share_json.h reads it */
	HR_ACT_PICKUP,	 /* the same */
	HR_ACT_SHARES,	 /* the id of one; empty: all */
	HR_ACT_REVOKE,	 /* of a share: id, reason */
	HR_ACT_HISTORY,	 /* of a share: id */
	HR_ACT_FILINGS,	 /* a person's: the words of filing_acts.h */
	HR_ACT_FILE,	 /* what is done about one of them */
	HR_ACT_CLAIM,	 /* study, days or ""; and a feed of one row, as of CORRECT */
	HR_ACT_YEAR,	 /* a person's settlements: the words of settlement_acts.h */
	HR_ACT_SETTLE,	 /* what is done about them; and the settlements as a file */
	HR_ACT_YEARS,	 /* those of the next persons */
	HR_ACT_RESETTLE, /* the reason; and what is to be kept of many persons as a file */
} hr_film_act;

enum {
	HR_ACT_WORDS_MAX = 64,
	HR_ACT_ANSWER_MAX = 256 << 20,
	HR_ACT_PUBLISH_BYTES_MAX = 96 << 20,
};

/* The words as an act's bytes: each with a NUL behind it. */
bool hr_film_act_pack(const hr_str *words, size_t count, hr_buf *out);

/* The words are slices of the bytes. HR_E_USAGE: they are no words, or too many. */
bool hr_film_act_unpack(hr_str bytes, hr_str words[HR_ACT_WORDS_MAX], size_t *count, hr_error *err);

/*
 * An hr_control_run; `films` are an hr_films. The answers:
 *
 *	ADD      {"result":"new"|"had","study":UID,"series":UID,"instance":UID}; another object of
 *	         the same UID is HR_E_CONFLICT. Of links (film_links.h) without the UIDs, and of a
 *	         manifest with "links", "newLinks", "refusedSeries": at addresses not listed
 *	SEARCH   the array of QIDO-RS
 *	OBJECTS  of what is kept here [{"series":UID,"instance":UID,"digest":HEX,"size":N}]
 *	OBJECT   a file
 *	SHOW     {"study","state","matched","patientName","patientId","issuer","institution",
 *	         "accessionNumber","studyDate","instances"}; UNMATCHED an array of them
 *	MATCH    {"conflicts":[LINE],"rows","studies","withoutPerson","corrections",
 *	         "problems":[{"line","problem"}]}
 *	REMOVE   {"instances","bytesLeft"}
 *	CHECK    {"faults":[{"object","shelf","error"}],"objects","faulty","unknown","removed"}
 *	PUBLISH  an array of hr_publish_format_row, of as many of the first rows as were taken
 *	CLAIM    {"claimCode":"7K3PF-M2QXA","expiresAt":TIME}
 *	MANIFEST, INDEX: as manifest_out.h makes them; LEADS as film_reports.h does
 *	SHARE    {"secret":TEXT,"share":{}}, PICKUP {"code":DIGITS,"share":{}}; shares and what
 *	         happened to them (SHARES, HISTORY) as share_json.h writes them, or arrays of it
 *	FILINGS, FILE: as filing_acts.h makes them
 *	YEAR, SETTLE, YEARS, RESETTLE: as settlement_acts.h makes them
 */
bool hr_film_act_run(void *films, const hr_control_act *act, hr_arena *arena,
		     hr_control_answer *out, hr_error *err);
