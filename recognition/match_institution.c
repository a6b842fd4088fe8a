/*
 * Which institution a party of the report is: by its codes, else by its name.
 * A name that fits several is not settled by guessing, and a code and a name
 * of different institutions are a conflict.
 */
#include "recognition/decide.h"

#include "base/uscc.h"

static hr_institution_id find_by_code(const hr_catalog *catalog, const hr_code *id)
{
	hr_institution_id found = hr_catalog_find_institution(catalog, id->code);

	if (found == HR_ID_NONE && id->system.len)
		found = hr_catalog_find_institution_by_oid(catalog, id->system);
	return found;
}

/* The first code that is known, and into `other` the first that means another institution. */
static hr_institution_id find_by_codes(const hr_catalog *catalog, const hr_party *party,
				       const hr_code **which, hr_institution_id *other)
{
	hr_institution_id first = HR_ID_NONE;

	*other = HR_ID_NONE;
	for (uint32_t i = 0; i < party->id_count && *other == HR_ID_NONE; i++) {
		hr_institution_id found = find_by_code(catalog, &party->ids[i]);

		if (found == HR_ID_NONE)
			continue;
		if (first == HR_ID_NONE) {
			first = found;
			*which = &party->ids[i];
		} else if (found != first) {
			*other = found;
		}
	}
	return first;
}

/* A USCC that the report gives and the catalogue does not know. */
static const hr_code *unknown_uscc(const hr_party *party)
{
	for (uint32_t i = 0; i < party->id_count; i++)
		if (hr_uscc_is_valid(party->ids[i].code))
			return &party->ids[i];
	return NULL;
}

static hr_str names_of(const hr_case *c, const hr_institution_id *ids, size_t count)
{
	hr_str names[HR_CANDIDATES_MAX];

	if (count > HR_CANDIDATES_MAX)
		count = HR_CANDIDATES_MAX;
	for (size_t i = 0; i < count; i++)
		names[i] = hr_catalog_get_institution(c->catalog, ids[i])->key;
	return hr_join(c->arena, names, count);
}

static hr_reason *add(const hr_party *party, hr_reason_id id, hr_collector *out)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->value = party->name.text;
	reason->place = party->name.place;
	return reason;
}

static void add_conflict(const hr_case *c, const hr_party *party, const hr_code *code,
			 hr_institution_id by_name, hr_collector *out)
{
	hr_reason *reason = add(party, HR_REASON_INSTITUTION_CONFLICT, out);
	hr_str pair[2] = { code->code, hr_catalog_get_institution(c->catalog, by_name)->name };

	reason->arg = hr_join(c->arena, pair, 2);
	reason->value = code->code;
	reason->place = code->place;
}

static bool is_one_of(hr_institution_id id, const hr_institution_id *set, size_t count)
{
	for (size_t i = 0; i < count && i < HR_CANDIDATES_MAX; i++)
		if (set[i] == id)
			return true;
	return false;
}

/* Only the name speaks for it. */
static hr_institution_id settle_by_name(const hr_case *c, const hr_party *party,
					const hr_institution_id *ids, size_t count,
					hr_collector *out)
{
	const hr_institution *found;
	const hr_code *uscc = unknown_uscc(party);

	if (count == 0) {
		bool nothing = party->name.text.len == 0 && party->id_count == 0;

		add(party, nothing ? HR_REASON_INSTITUTION_MISSING : HR_REASON_INSTITUTION_UNKNOWN,
		    out);
		return HR_ID_NONE;
	}
	if (count > 1) {
		add(party, HR_REASON_INSTITUTION_AMBIGUOUS, out)->arg = names_of(c, ids, count);
		return HR_ID_NONE;
	}
	found = hr_catalog_get_institution(c->catalog, ids[0]);
	if (uscc && found->uscc.len) {
		add_conflict(c, party, uscc, ids[0], out);
		return HR_ID_NONE;
	}
	add(party, HR_REASON_MATCHED_BY_NAME, out)->origin = &found->origin;
	return ids[0];
}

void hr_decide_institution(const hr_case *c, const hr_party *party, hr_date on, hr_party_found *out)
{
	hr_institution_id named[HR_CANDIDATES_MAX];
	hr_institution_id other;
	const hr_code *code = NULL;
	hr_marks_found marks;
	size_t count = 0;
	hr_str name;

	marks.count = 0;
	name = hr_marks_take_off(c->catalog, party->name, true, on, &marks);
	out->party = party;
	hr_collector_init(&out->reasons);
	if (name.len)
		count = hr_catalog_find_institutions_by_name(c->catalog, name, on, named,
							     HR_CANDIDATES_MAX);
	out->id = find_by_codes(c->catalog, party, &code, &other);
	if (other != HR_ID_NONE) {
		add_conflict(c, party, code, other, &out->reasons);
		out->id = HR_ID_NONE;
	} else if (out->id == HR_ID_NONE) {
		out->id = settle_by_name(c, party, named, count, &out->reasons);
	} else if (count && !is_one_of(out->id, named, count)) {
		add_conflict(c, party, code, named[0], &out->reasons);
		out->id = HR_ID_NONE;
	}
}
