#include "dicom/film_plan_book.h"

#include "store/store.h"

enum {
	STUDY_DATE = 0x00080020,
	ACCESSION_NUMBER = 0x00080050,
	MODALITIES_IN_STUDY = 0x00080061,
	PATIENT_NAME = 0x00100010,
	PATIENT_ID = 0x00100020,
	STUDY_UID = 0x0020000D,
	SERIES_UID = 0x0020000E,
	INSTANCE_UID = 0x00080018,
	/*
	 * Rows of a span are put in order before the first is known; of more than so many it
	 * is quicker to go through the days until a page is full.
	 */
	SPAN_ROWS_MAX = 4096,
	SKIP_ROWS_MIN = 256,
};

struct planning {
	hr_tx *tx;
	const hr_film_query *query;
	const hr_film_filters *filters;
	hr_arena *arena;
	hr_film_plan plan;
	size_t used; /* conditions that the plan meets */
};

/* --- days --- */

static void plan_days(struct planning *p)
{
	const hr_film_filter *filter = hr_film_filters_get(p->filters, STUDY_DATE);

	p->plan.age_from = 0;
	p->plan.age_to = HR_FILM_AGE_NONE;
	if (!filter)
		return;
	/* A moment begins with its day. */
	if (filter->range.to.len)
		p->plan.age_from = hr_film_age(hr_str_slice(filter->range.to, 0, 8));
	if (filter->range.from.len)
		p->plan.age_to = hr_film_age(hr_str_slice(filter->range.from, 0, 8));
	else
		p->plan.age_to = HR_FILM_AGE_NONE - 1;
	p->used += !filter->is_moment;
}

/* --- UIDs --- */

static bool split_uids(struct planning *p, hr_str list, hr_error *err)
{
	hr_str *uids = HR_NEW_N(p->arena, hr_str, HR_FILM_UIDS_MAX);

	if (!uids)
		return hr_fail_memory(err);
	p->plan.uids = uids;
	while (p->plan.uid_count < HR_FILM_UIDS_MAX &&
	       hr_film_next_of(&list, &uids[p->plan.uid_count]))
		p->plan.uid_count++;
	return true;
}

static bool plan_scope(struct planning *p, const hr_film_scope *scope)
{
	p->plan.kind = HR_FILM_BY_UIDS;
	p->plan.uid_level = HR_FILM_STUDY;
	p->plan.uids = scope->study_uids;
	p->plan.uid_count = scope->count;
	return true;
}

static bool plan_uids(struct planning *p, bool *found, hr_error *err)
{
	static const struct {
		uint32_t tag;
		hr_film_level level;
	} named[] = {
		{ STUDY_UID, HR_FILM_STUDY },
		{ INSTANCE_UID, HR_FILM_INSTANCE },
		{ SERIES_UID, HR_FILM_SERIES },
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		const hr_film_filter *filter = hr_film_filters_get(p->filters, named[i].tag);

		if (!filter)
			continue;
		*found = true;
		p->plan.kind = HR_FILM_BY_UIDS;
		p->plan.uid_level = named[i].level;
		return split_uids(p, filter->value, err);
	}
	return true;
}

/* --- keys --- */

static bool is_list(hr_str value)
{
	return hr_str_find(value, HR_STR(",")) < value.len ||
	       hr_str_find(value, HR_STR("\\")) < value.len;
}

/* Not cut, so that it is the whole condition. */
static bool is_key(const hr_film_filter *filter)
{
	return !hr_film_has_wildcard(filter->value) &&
	       hr_str_equal(hr_film_key_of(filter->value), filter->value);
}

static bool plan_key(struct planning *p, hr_film_key_kind kind, hr_str key)
{
	p->plan.kind = HR_FILM_BY_KEY;
	p->plan.key_kind = kind;
	p->plan.key = key;
	p->used++;
	return true;
}

static bool plan_exact_key(struct planning *p)
{
	static const struct {
		uint32_t tag;
		hr_film_key_kind kind;
	} keys[] = {
		{ ACCESSION_NUMBER, HR_FILM_KEY_ACCESSION },
		{ PATIENT_ID, HR_FILM_KEY_PATIENT_ID },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const hr_film_filter *filter = hr_film_filters_get(p->filters, keys[i].tag);

		if (filter && is_key(filter))
			return plan_key(p, keys[i].kind, filter->value);
	}
	return false;
}

static bool plan_modality(struct planning *p)
{
	const hr_film_filter *filter = hr_film_filters_get(p->filters, MODALITIES_IN_STUDY);

	return filter && is_key(filter) && !is_list(filter->value) &&
	       plan_key(p, HR_FILM_KEY_MODALITY, filter->value);
}

/* --- spans --- */

static const hr_sql count_span =
	HR_SQL("SELECT COUNT(*) FROM (SELECT 1 AS one FROM film_key WHERE kind = $1 AND key >= $2 "
	       "AND key < $3 AND key LIKE $4 LIMIT $5) k",
	       "ittti");

static bool count_rows(struct planning *p, hr_film_key_kind kind, const hr_film_name_span *span,
		       int64_t *count, hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(p->tx, &count_span,
			  HR_VALUES(hr_sql_int(kind), hr_sql_text(span->from),
				    hr_sql_text(span->to), hr_sql_text(span->like),
				    hr_sql_int(SPAN_ROWS_MAX + 1)),
			  1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*count = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static bool plan_span(struct planning *p, hr_film_key_kind kind, const hr_name_term *term,
		      bool *found, hr_error *err)
{
	hr_film_name_span span;
	int64_t count = 0;

	/* Without a beginning all keys would be gone through to count them. */
	if (term->key.len == 0)
		return true;
	if (!hr_film_name_span_of(term, p->arena, &span, err) ||
	    !count_rows(p, kind, &span, &count, err))
		return false;
	*found = count <= SPAN_ROWS_MAX;
	if (!*found)
		return true;
	p->plan.kind = HR_FILM_BY_SPAN;
	p->plan.key_kind = kind;
	p->plan.span = span;
	return true;
}

/* A name may be found by a part of its keys alone; all of them are held against the name. */
static bool plan_name(struct planning *p, bool *found, hr_error *err)
{
	const hr_film_filter *filter = hr_film_filters_get(p->filters, PATIENT_NAME);

	for (size_t i = 0; filter && !*found && i < filter->name.count; i++)
		if (!plan_span(p, HR_FILM_KEY_NAME, &filter->name.terms[i], found, err))
			return false;
	return true;
}

/* "123*": what stands in front of the first wildcard. */
static bool plan_prefix(struct planning *p, bool *found, hr_error *err)
{
	const hr_film_filter *filter = hr_film_filters_get(p->filters, PATIENT_ID);
	hr_name_term term = { .how = HR_NAME_BEGINS };
	size_t end = 0;

	if (!filter)
		return true;
	while (end < filter->value.len && filter->value.data[end] != '*' &&
	       filter->value.data[end] != '?')
		end++;
	term.key = hr_film_key_of(hr_str_slice(filter->value, 0, end));
	return plan_span(p, HR_FILM_KEY_PATIENT_ID, &term, found, err);
}

/* --- the plan --- */

static bool make(struct planning *p, const hr_film_scope *scope, hr_error *err)
{
	bool found = scope && plan_scope(p, scope);

	if (!found && !plan_uids(p, &found, err))
		return false;
	if (found || plan_exact_key(p))
		return true;
	if (!plan_name(p, &found, err) || (!found && !plan_prefix(p, &found, err)))
		return false;
	return found || plan_modality(p) || true;
}

bool hr_film_plan_make(hr_tx *tx, const hr_film_query *query, const hr_film_scope *scope,
		       const hr_film_filters *filters, hr_arena *arena, hr_film_plan *out,
		       hr_error *err)
{
	struct planning p = { .tx = tx,
			      .query = query,
			      .filters = filters,
			      .arena = arena,
			      .plan = { .kind = HR_FILM_BY_AGE } };

	plan_days(&p);
	if (!make(&p, scope, err))
		return false;
	p.plan.exact = p.used == filters->of_level[HR_FILM_STUDY];
	*out = p.plan;
	return true;
}

static const hr_sql list_days = HR_SQL(
	"SELECT age, studies FROM film_day WHERE age >= $1 AND age <= $2 ORDER BY age", "ii");

bool hr_film_plan_skip(hr_tx *tx, hr_film_plan *plan, size_t *skip, hr_error *err)
{
	size_t left = *skip;
	hr_rows rows;

	if (plan->kind != HR_FILM_BY_AGE || !plan->exact || left < SKIP_ROWS_MIN)
		return true;
	if (!hr_tx_select(tx, &list_days,
			  HR_VALUES(hr_sql_int(plan->age_from), hr_sql_int(plan->age_to)), SIZE_MAX,
			  &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		size_t studies = (size_t)hr_rows_int(&rows, 1);

		plan->age_from = hr_rows_int(&rows, 0);
		if (left < studies)
			break;
		left -= studies;
		plan->age_from++;
	}
	if (!hr_rows_end(&rows, err))
		return false;
	*skip = left;
	return true;
}
