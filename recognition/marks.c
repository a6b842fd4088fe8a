/*
 * Recognition marks: 京津冀HR on a report, ★ before an item, -GX after an
 * institution. A mark makes recognition a duty where its region holds the
 * receiver; it never stands for a missing grant. WS/T 500 has no field for it,
 * so a report that carries none is not refused for that.
 * Source: 国卫医发〔2022〕6号 (mark and region); the legacy marks of 2016 and 2017.
 */
#include "recognition/decide.h"

static const hr_str suffix_hr = HR_STR_INIT("HR");

/* A region as a mark names it: with or without 市, 省, and one inside another. */
static const hr_region *find_region(const hr_catalog *catalog, hr_str name)
{
	static const hr_str endings[] = { HR_STR_INIT(""),	 HR_STR_INIT("市"),
					  HR_STR_INIT("省"),	 HR_STR_INIT("区"),
					  HR_STR_INIT("自治区"), HR_STR_INIT("县") };
	char full[160];

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const hr_region *region;
		size_t len = name.len + endings[i].len;

		if (name.len == 0 || len > sizeof(full))
			return NULL;
		memcpy(full, name.data, name.len);
		memcpy(full + name.len, endings[i].data, endings[i].len);
		region = hr_catalog_find_region_by_name(catalog, (hr_str){ full, len });
		if (region)
			return region;
	}
	return NULL;
}

/* 110000 holds all that starts with 11, 130300 with 1303, 110102 itself. */
static hr_str prefix_of(const hr_region *region)
{
	size_t len = 6;

	while (len > 2 && region->code.data[len - 1] == '0' && region->code.data[len - 2] == '0')
		len -= 2;
	return hr_str_slice(region->code, 0, len);
}

/* 北京市西城区: a region, and one inside it. */
static const hr_region *find_region_inside(const hr_catalog *catalog, hr_str name)
{
	for (size_t at = 3; at + 3 <= name.len; at += 3) {
		const hr_region *outer = find_region(catalog, hr_str_slice(name, 0, at));
		const hr_region *inner;

		if (!outer)
			continue;
		inner = find_region(catalog, hr_str_slice(name, at, name.len));
		if (inner && hr_region_within(inner->code, prefix_of(outer)))
			return inner;
	}
	return NULL;
}

/* A mark of the catalogue's table that holds for the place and the day. */
static bool look_up(const hr_catalog *catalog, hr_mark_found *mark, hr_mark_place where, hr_date on)
{
	size_t count = hr_catalog_mark_count(catalog);

	for (size_t i = 0; i < count; i++) {
		const hr_mark *row = hr_catalog_get_mark(catalog, i);

		if (row->where != where || !hr_str_equal(row->text, mark->field.text))
			continue;
		mark->known = true;
		mark->outdated = !hr_period_contains(row->period, on);
		mark->regime = row->regime;
		mark->region = row->region;
		mark->nationwide = !row->regime && row->region.len == 0;
		mark->origin = &row->origin;
		if (!mark->outdated)
			return true;
	}
	return mark->known;
}

static bool look_up_regime(const hr_catalog *catalog, hr_mark_found *mark)
{
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(catalog, i);

		if (regime->mark.len == 0 || !hr_str_equal(regime->mark, mark->field.text))
			continue;
		mark->known = true;
		mark->regime = regime;
		mark->origin = &regime->origin;
		return true;
	}
	return false;
}

/* By the grammar: the name of a region, and HR. */
static void look_up_region(const hr_catalog *catalog, hr_mark_found *mark)
{
	hr_str name = mark->field.text;
	const hr_region *region;

	if (!hr_str_ends_with(name, suffix_hr))
		return;
	name.len -= suffix_hr.len;
	if (hr_str_equal(name, HR_STR("全国"))) {
		mark->known = mark->nationwide = true;
		return;
	}
	region = find_region(catalog, name);
	if (!region)
		region = find_region_inside(catalog, name);
	if (!region)
		return;
	mark->known = true;
	mark->region = prefix_of(region);
	mark->origin = &region->origin;
}

static void add_mark(const hr_catalog *catalog, hr_field field, hr_date on, hr_marks_found *out)
{
	hr_mark_found mark = { .field = field };

	mark.field.text = hr_str_trim(field.text);
	if (mark.field.text.len == 0 || out->count == HR_MARKS_MAX)
		return;
	if (!look_up(catalog, &mark, HR_MARK_REPORT, on) && !look_up_regime(catalog, &mark))
		look_up_region(catalog, &mark);
	out->list[out->count++] = mark;
}

void hr_marks_of_report(const hr_case *c, hr_marks_found *out)
{
	const hr_question *q = c->question;
	hr_date on = c->report_day;

	out->count = 0;
	for (uint32_t i = 0; i < c->report->mark_count; i++)
		add_mark(c->catalog, c->report->marks[i], on, out);
	if (q->mark_seen.len && !hr_str_equal(q->mark_seen, HR_STR("none"))) {
		hr_place place = { HR_PLACE_ASKED, NULL, HR_STR("mark-seen") };

		add_mark(c->catalog, (hr_field){ q->mark_seen, place }, on, out);
	}
	hr_marks_take_off(c->catalog, c->report->issuer.name, true, on, out);
}

/* Does the name bear this mark, of an institution or of an item, beside something else? */
static bool bears(hr_str name, const hr_mark *mark, bool institution)
{
	if (mark->where == HR_MARK_REPORT || mark->text.len >= name.len ||
	    (mark->where == HR_MARK_INSTITUTION_SUFFIX) != institution)
		return false;
	return mark->where == HR_MARK_ITEM_PREFIX ? hr_str_starts_with(name, mark->text)
						  : hr_str_ends_with(name, mark->text);
}

/* One mark of the catalogue off one end of the name; false when none is there. */
static bool take_one_off(const hr_catalog *catalog, hr_str *name, hr_place place, bool institution,
			 hr_date on, hr_marks_found *out)
{
	size_t count = hr_catalog_mark_count(catalog);

	for (size_t i = 0; i < count; i++) {
		const hr_mark *row = hr_catalog_get_mark(catalog, i);
		hr_mark_found mark;

		if (!bears(*name, row, institution))
			continue;
		*name = row->where == HR_MARK_ITEM_PREFIX
				? hr_str_slice(*name, row->text.len, name->len)
				: hr_str_slice(*name, 0, name->len - row->text.len);
		*name = hr_str_trim(*name);
		mark = (hr_mark_found){ .field = { row->text, place } };
		look_up(catalog, &mark, row->where, on);
		if (out->count < HR_MARKS_MAX)
			out->list[out->count++] = mark;
		return true;
	}
	return false;
}

hr_str hr_marks_take_off(const hr_catalog *catalog, hr_field name, bool institution, hr_date on,
			 hr_marks_found *out)
{
	static const hr_str stars[] = { HR_STR_INIT("*"), HR_STR_INIT("＊") };
	hr_str left = hr_str_trim(name.text);

	while (take_one_off(catalog, &left, name.place, institution, on, out))
		;
	/* A plain asterisk is decoration on some systems' lines: it means nothing to us. */
	for (size_t i = 0; i < 2 && !institution; i++)
		while (left.len > stars[i].len && hr_str_starts_with(left, stars[i]))
			left = hr_str_trim(hr_str_slice(left, stars[i].len, left.len));
	return left;
}

/* Does the mark's region hold the receiver? UNKNOWN when nobody knows where he is. */
static hr_answer holds_receiver(const hr_case *c, const hr_mark_found *mark)
{
	bool inside;

	if (mark->nationwide || (mark->regime && mark->regime->nationwide))
		return HR_ANSWER_YES;
	if (!c->receiver)
		return HR_ANSWER_UNKNOWN;
	inside = mark->regime ? hr_regime_has_member(mark->regime, c->receiver)
			      : hr_region_within(c->receiver->region, mark->region);
	return inside ? HR_ANSWER_YES : HR_ANSWER_NO;
}

struct marks_seen {
	bool present;
	const hr_mark_found *contradicting;
};

static void weigh_marks(const hr_case *c, const hr_regime *regime, const hr_marks_found *marks,
			struct marks_seen *seen, hr_collector *out)
{
	for (uint32_t i = 0; i < marks->count; i++) {
		const hr_mark_found *mark = &marks->list[i];
		hr_reason *reason;

		if (mark->known && !mark->outdated) {
			hr_answer holds = holds_receiver(c, mark);

			if (holds == HR_ANSWER_YES || mark->regime == regime)
				seen->present = true;
			else if (holds == HR_ANSWER_NO)
				seen->contradicting = mark;
			continue;
		}
		reason = hr_collector_add(out, mark->known ? HR_REASON_MARK_OUTDATED
							   : HR_REASON_MARK_UNKNOWN);
		reason->arg = reason->value = mark->field.text;
		reason->place = mark->field.place;
		reason->origin = mark->origin;
	}
}

static bool was_looked_for(const hr_case *c, const hr_matter *m)
{
	return hr_str_equal(c->question->mark_seen, HR_STR("none")) ||
	       (c->report->carries_marks && c->report->mark_count == 0) ||
	       (c->lines_marked && m->marks.count == 0);
}

/* Why there is none. */
static hr_reason_id absence_of_marks(const hr_case *c, const hr_matter *m)
{
	if (was_looked_for(c, m))
		return HR_REASON_MARK_ABSENT;
	return c->report->format == HR_FORMAT_PAPER ? HR_REASON_MARK_NOT_LOOKED
						    : HR_REASON_MARK_NOT_CARRIED;
}

hr_obligation hr_decide_mark(const hr_case *c, const hr_matter *m, const hr_regime *regime,
			     hr_collector *out)
{
	struct marks_seen seen = { false, NULL };

	weigh_marks(c, regime, &c->marks, &seen, out);
	weigh_marks(c, regime, &m->marks, &seen, out);
	if (seen.present)
		return HR_OBLIGATION_MUST;
	if (seen.contradicting) {
		hr_reason *reason = hr_collector_add(out, HR_REASON_MARK_CONTRADICTS);

		reason->arg = reason->value = seen.contradicting->field.text;
		reason->place = seen.contradicting->field.place;
		reason->origin = seen.contradicting->origin;
		return HR_OBLIGATION_ENCOURAGED;
	}
	if (regime->grant_obliges)
		return HR_OBLIGATION_MUST;
	hr_collector_add(out, absence_of_marks(c, m));
	return HR_OBLIGATION_ENCOURAGED;
}
