/* What happened to shares, as the audit has it. */
#include "service/share_rows_book.h"

#include "store/audit.h"

static const hr_str share_actions = HR_STR_INIT("share-");

struct reading {
	hr_str id;
	const hr_patient_key *patient;
	hr_instant now;
	size_t limit;
	hr_arena *arena;
	hr_share_event *events;
	size_t count;
};

static bool add_event(void *context, const hr_audit_row *row, hr_error *err)
{
	struct reading *r = context;
	hr_share_event *event = &r->events[r->count++];

	event->at = row->at;
	event->action = hr_str_copy(r->arena, row->action);
	event->actor = hr_str_copy(r->arena, row->actor);
	event->reason = hr_str_copy(r->arena, row->reason);
	if (hr_str_starts_with(row->action, share_actions))
		hr_share_id_copy(row->object, event->id);
	return !hr_arena_is_short(r->arena) || hr_fail_memory(err);
}

static const hr_sql find_recipient = HR_SQL("SELECT recipient FROM share WHERE id = $1", "t");

static bool name_recipient(const struct reading *r, hr_tx *tx, hr_share_event *event, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(tx, &find_recipient, HR_VALUES(hr_sql_text(hr_str_of(event->id))), 1,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		event->recipient = hr_str_copy(r->arena, hr_rows_text(&rows, 0));
		if (!event->recipient.data)
			return hr_fail_memory(err);
	}
	return hr_rows_end(&rows, err);
}

/* Whom each names; a share has many events. */
static bool name_recipients(const struct reading *r, hr_tx *tx, hr_error *err)
{
	for (size_t i = 0; i < r->count; i++) {
		size_t k = 0;

		while (!hr_str_equal(hr_str_of(r->events[k].id), hr_str_of(r->events[i].id)))
			k++;
		if (!r->events[i].id[0])
			continue;
		if (k < i)
			r->events[i].recipient = r->events[k].recipient;
		else if (!name_recipient(r, tx, &r->events[i], err))
			return false;
	}
	return true;
}

static bool read_log(hr_tx *tx, void *context, hr_error *err)
{
	struct reading *r = context;
	const hr_audit_query query = {
		r->id, r->patient, { share_actions, HR_STR("patient-") }, r->limit
	};
	hr_share_row row;

	/* Whose it is; and that it is. */
	if (r->id.len && !hr_share_row_get(tx, r->id, r->patient, r->now, r->arena, &row, err))
		return false;
	return hr_audit_list(tx, &query, add_event, r, err) && name_recipients(r, tx, err);
}

bool hr_share_log(hr_films *films, hr_str id, const hr_patient_key *patient, size_t limit,
		  hr_arena *arena, hr_share_event **out, size_t *count, hr_error *err)
{
	struct reading r = { .id = id, .patient = patient, .limit = limit, .arena = arena };

	r.events = HR_NEW_N(arena, hr_share_event, limit + 1);
	if (!r.events)
		return hr_fail_memory(err);
	if (!hr_store_read(films->store, read_log, &r, err))
		return false;
	*out = r.events;
	*count = r.count;
	return true;
}
