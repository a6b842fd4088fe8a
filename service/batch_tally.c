#include "service/batch_tally.h"

/* The last row of items and institutions is of those that the catalogue does not know. */
static size_t row_of(const hr_tally *tally, hr_tally_part part, uint32_t id)
{
	size_t rows = (tally->begins[part + 1] - tally->begins[part]) / HR_OUTCOMES;

	return id == HR_ID_NONE ? rows - 1 : id;
}

bool hr_tally_init(hr_tally *tally, const hr_catalog *catalog, hr_arena *arena, hr_error *err)
{
	const size_t sizes[HR_TALLY_PARTS] = {
		[HR_TALLY_REPORTS] = HR_OUTCOMES,
		[HR_TALLY_RESULTS] = HR_OUTCOMES,
		[HR_TALLY_FAULTS] = HR_E_COUNT,
		[HR_TALLY_REASONS] = HR_REASON_COUNT,
		[HR_TALLY_ITEMS] = (hr_catalog_item_count(catalog) + 1) * HR_OUTCOMES,
		[HR_TALLY_ISSUERS] = (hr_catalog_institution_count(catalog) + 1) * HR_OUTCOMES,
	};
	hr_tally made = { .catalog = catalog };

	for (int part = 0; part < HR_TALLY_PARTS; part++) {
		made.count += sizes[part];
		made.begins[part + 1] = made.count;
	}
	made.counters = HR_NEW_N(arena, uint64_t, made.count);
	if (!made.counters)
		return hr_fail_memory(err);
	*tally = made;
	return true;
}

/* --- noting and counting --- */

static void note(const hr_tally *tally, hr_tally_part part, size_t at, hr_buf *notes)
{
	uint32_t counter = (uint32_t)(tally->begins[part] + at);

	hr_buf_add(notes, (hr_str){ (const char *)&counter, sizeof(counter) });
}

static void note_row(const hr_tally *tally, hr_tally_part part, uint32_t id, hr_outcome outcome,
		     hr_buf *notes)
{
	note(tally, part, row_of(tally, part, id) * HR_OUTCOMES + outcome, notes);
}

/* A reason that refuses or leaves open, once a report. */
static void mark_reasons(hr_reasons reasons, bool seen[HR_REASON_COUNT])
{
	for (uint32_t i = 0; i < reasons.count; i++) {
		hr_reason_id id = reasons.list[i].id;
		hr_effect effect = hr_reason_row_get(id)->effect;

		seen[id] |= effect == HR_EFFECT_NO || effect == HR_EFFECT_OPEN;
	}
}

/* Of several regimes the best one's reasons: the others did not decide. */
static void note_verdict(const hr_tally *tally, const hr_verdict *v, hr_buf *notes)
{
	bool seen[HR_REASON_COUNT] = { false };

	note(tally, HR_TALLY_REPORTS, v->outcome, notes);
	note_row(tally, HR_TALLY_ISSUERS, v->issuer, v->outcome, notes);
	mark_reasons(v->reasons, seen);
	for (uint32_t i = 0; i < v->decision_count; i++) {
		const hr_decision *d = &v->decisions[i];

		note(tally, HR_TALLY_RESULTS, d->outcome, notes);
		note_row(tally, HR_TALLY_ITEMS, d->item, d->outcome, notes);
		if (d->outcome == HR_OUTCOME_RECOGNISED)
			continue;
		mark_reasons(d->reasons, seen);
		if (d->ruling_count)
			mark_reasons(d->rulings[0].reasons, seen);
	}
	for (size_t id = 0; id < HR_REASON_COUNT; id++)
		if (seen[id])
			note(tally, HR_TALLY_REASONS, id, notes);
}

void hr_tally_note_verdicts(const hr_tally *tally, const hr_verdicts *verdicts, hr_buf *notes)
{
	for (size_t i = 0; i < verdicts->count; i++)
		note_verdict(tally, &verdicts->verdicts[i], notes);
}

void hr_tally_note_fault(const hr_tally *tally, hr_error_code code, hr_buf *notes)
{
	note(tally, HR_TALLY_FAULTS, code, notes);
}

void hr_tally_add(hr_tally *tally, hr_str notes)
{
	for (size_t i = 0; i < notes.len; i += sizeof(uint32_t)) {
		uint32_t counter;

		memcpy(&counter, notes.data + i, sizeof(counter));
		tally->counters[counter]++;
	}
}

uint64_t hr_tally_get(const hr_tally *tally, hr_tally_part part, size_t at)
{
	return tally->counters[tally->begins[part] + at];
}

uint64_t hr_tally_sum(const hr_tally *tally, hr_tally_part part)
{
	uint64_t sum = 0;

	for (size_t i = tally->begins[part]; i < tally->begins[part + 1]; i++)
		sum += tally->counters[i];
	return sum;
}

/* --- keeping --- */

void hr_tally_write(const hr_tally *tally, hr_json_writer *w)
{
	hr_json_open_array(w);
	for (size_t i = 0; i < tally->count; i++) {
		if (!tally->counters[i])
			continue;
		hr_json_int(w, (int64_t)i);
		hr_json_int(w, (int64_t)tally->counters[i]);
	}
	hr_json_close_array(w);
}

bool hr_tally_parse(const hr_json *number, uint64_t *out)
{
	hr_str text = number && number->kind == HR_JSON_NUMBER ? number->text : HR_STR_NONE;
	uint64_t value = 0;

	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.data[i] - '0');
	}
	*out = value;
	return true;
}

bool hr_tally_read(hr_tally *tally, const hr_json *counters, hr_error *err)
{
	const hr_json *at = counters ? counters->first : NULL;
	uint64_t place;
	uint64_t value;

	for (; at; at = at->next->next) {
		if (!hr_tally_parse(at, &place) || place >= tally->count ||
		    !hr_tally_parse(at->next, &value))
			return hr_fail(err, HR_E_SYNTAX, "the counters are damaged");
		tally->counters[place] = value;
	}
	return true;
}
