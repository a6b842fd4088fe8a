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
	SPAN_ROWS_MAX = 16384,
	SKIP_ROWS_MIN = 256,
};

struct planning {
	hr_tx *tx;
	int64_t wanted;
	int64_t studies; /* of the days' months; -1: not counted yet */
	hr_film_filters *filters;
	hr_arena *arena;
	hr_film_plan plan;
};

/* --- days --- */

static void plan_days(struct planning *p)
{
	hr_film_filter *filter = hr_film_filters_get(p->filters, STUDY_DATE);

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
	if (!filter->is_moment)
		hr_film_filters_meet(p->filters, filter);
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
	if (scope->patient) {
		p->plan.kind = HR_FILM_BY_PATIENT;
		p->plan.patient = hr_film_scope_patient(scope);
		return true;
	}
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

static bool plan_key(struct planning *p, hr_film_key_kind kind, hr_film_filter *filter)
{
	p->plan.kind = HR_FILM_BY_KEY;
	p->plan.key_kind = kind;
	p->plan.key = filter->value;
	hr_film_filters_meet(p->filters, filter);
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
		hr_film_filter *filter = hr_film_filters_get(p->filters, keys[i].tag);

		if (filter && is_key(filter))
			return plan_key(p, keys[i].kind, filter);
	}
	return false;
}

static bool plan_modality(struct planning *p)
{
	hr_film_filter *filter = hr_film_filters_get(p->filters, MODALITIES_IN_STUDY);

	return filter && is_key(filter) && !is_list(filter->value) &&
	       plan_key(p, HR_FILM_KEY_MODALITY, filter);
}

/* --- spans --- */

static const hr_sql list_counts =
	HR_SQL("SELECT age, studies FROM film_count WHERE unit = $1 AND age "
	       ">= $2 AND age <= $3 ORDER BY age",
	       "iii");
static const hr_sql count_months =
	HR_SQL("SELECT CAST(COALESCE(SUM(studies), 0) AS BIGINT) FROM film_count WHERE unit = 100 "
	       "AND age >= $1 / 100 AND age <= $2 / 100",
	       "ii");
static const hr_sql count_span =
	HR_SQL("SELECT COUNT(*) FROM (SELECT 1 AS one FROM film_key WHERE kind = $1 AND key >= $2 "
	       "AND key < $3 AND key LIKE $4 LIMIT $5) k",
	       "ittti");

static bool count(struct planning *p, const hr_sql *sql, hr_sql_values values, int64_t *out,
		  hr_error *err)
{
	hr_rows rows;

	if (!hr_tx_select(p->tx, sql, values, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		*out = hr_rows_int(&rows, 0);
	return hr_rows_end(&rows, err);
}

static bool know_studies(struct planning *p, hr_error *err)
{
	return p->studies >= 0 ||
	       count(p, &count_months,
		     HR_VALUES(hr_sql_int(p->plan.age_from), hr_sql_int(p->plan.age_to)),
		     &p->studies, err);
}

/*
 * Rows of a span are put in order before the first of them is known: that costs as many steps as
 * there are rows. To go through the days costs as many as there are studies for one of a page:
 * wanted * studies / rows. So many rows make both the same.
 */
static int64_t rows_of_span(const struct planning *p)
{
	int64_t rows = 64;

	while (rows < SPAN_ROWS_MAX && rows * rows < p->wanted * p->studies)
		rows *= 2;
	return rows;
}

static void plan_span(struct planning *p, hr_film_plan_kind how, hr_film_key_kind kind,
		      const hr_film_name_span *span)
{
	p->plan.kind = how;
	p->plan.key_kind = kind;
	p->plan.span = *span;
}

/* `*found`: there are few enough of them. Without a beginning all keys would be counted. */
static bool try_span(struct planning *p, hr_film_key_kind kind, const hr_name_term *term,
		     bool *found, hr_error *err)
{
	hr_film_name_span span;
	int64_t rows = 0;

	if (term->key.len == 0)
		return true;
	if (!hr_film_name_span_of(term, p->arena, &span, err) || !know_studies(p, err) ||
	    !count(p, &count_span,
		   HR_VALUES(hr_sql_int(kind), hr_sql_text(span.from), hr_sql_text(span.to),
			     hr_sql_text(span.like), hr_sql_int(rows_of_span(p) + 1)),
		   &rows, err))
		return false;
	*found = rows <= rows_of_span(p);
	if (*found)
		plan_span(p, HR_FILM_BY_SPAN, kind, &span);
	return true;
}

/* Of several terms one chooses the rows; all of them are then held against the names. */
static bool plan_name(struct planning *p, bool *found, hr_error *err)
{
	hr_film_filter *filter = hr_film_filters_get(p->filters, PATIENT_NAME);

	for (size_t i = 0; filter && !*found && i < filter->name.count; i++)
		if (!try_span(p, HR_FILM_KEY_NAME, &filter->name.terms[i], found, err))
			return false;
	if (*found && filter->name.count == 1)
		hr_film_filters_meet(p->filters, filter);
	return true;
}

/* The days end where so many studies are. What is behind them is not looked at, and not denied. */
static bool narrow(struct planning *p, hr_error *err)
{
	int64_t left = HR_FILM_EXAMINED_MAX;
	hr_rows rows;

	if (!know_studies(p, err))
		return false;
	if (p->studies <= left)
		return true;
	if (!hr_tx_select(p->tx, &list_counts,
			  HR_VALUES(hr_sql_int(1), hr_sql_int(p->plan.age_from),
				    hr_sql_int(p->plan.age_to)),
			  SIZE_MAX, &rows, err))
		return false;
	while (left > 0 && hr_rows_next(&rows)) {
		p->plan.age_to = hr_rows_int(&rows, 0);
		left -= hr_rows_int(&rows, 1);
	}
	p->plan.wide = left <= 0;
	return hr_rows_end(&rows, err);
}

/* Many have such a name: the days are gone through, and their names' keys asked. */
static bool plan_common_name(struct planning *p, bool *found, hr_error *err)
{
	hr_film_filter *filter = hr_film_filters_get(p->filters, PATIENT_NAME);
	hr_film_name_span span;

	if (!filter || filter->name.count == 0)
		return true;
	if (!hr_film_name_span_of(&filter->name.terms[0], p->arena, &span, err) || !narrow(p, err))
		return false;
	*found = true;
	plan_span(p, HR_FILM_BY_PART, HR_FILM_KEY_NAME, &span);
	if (filter->name.count == 1)
		hr_film_filters_meet(p->filters, filter);
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
	return try_span(p, HR_FILM_KEY_PATIENT_ID, &term, found, err);
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
	if (found || plan_modality(p))
		return true;
	return plan_common_name(p, &found, err);
}

bool hr_film_plan_make(hr_tx *tx, size_t wanted, const hr_film_scope *scope,
		       hr_film_filters *filters, hr_arena *arena, hr_film_plan *out, hr_error *err)
{
	struct planning p = { .tx = tx,
			      .wanted = (int64_t)wanted + 1,
			      .studies = -1,
			      .filters = filters,
			      .arena = arena,
			      .plan = { .kind = HR_FILM_BY_AGE } };

	plan_days(&p);
	if (!make(&p, scope, err))
		return false;
	p.plan.exact = filters->of_level[HR_FILM_STUDY] == 0;
	*out = p.plan;
	return true;
}

/* --- pages far behind --- */

/* From `*age` on, a multiple of `unit`, what is skipped whole. */
static bool skip_units(hr_tx *tx, int64_t unit, int64_t to, int64_t *age, size_t *skip,
		       hr_error *err)
{
	size_t left = *skip;
	hr_rows rows;

	if (!hr_tx_select(
		    tx, &list_counts,
		    HR_VALUES(hr_sql_int(unit), hr_sql_int(*age / unit), hr_sql_int(to / unit)),
		    SIZE_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		size_t studies = (size_t)hr_rows_int(&rows, 1);

		*age = hr_rows_int(&rows, 0) * unit;
		if (left < studies)
			break;
		left -= studies;
		*age += unit;
	}
	*skip = left;
	return hr_rows_end(&rows, err);
}

bool hr_film_plan_skip(hr_tx *tx, hr_film_plan *plan, size_t *skip, hr_error *err)
{
	if (plan->kind != HR_FILM_BY_AGE || !plan->exact || *skip < SKIP_ROWS_MIN)
		return true;
	/* A range may begin within a month. */
	if (plan->age_from == 0 && !skip_units(tx, 100, plan->age_to, &plan->age_from, skip, err))
		return false;
	return skip_units(tx, 1, plan->age_to, &plan->age_from, skip, err);
}
