/*
 * What is about to be ordered, against what the report answers: the same item,
 * or an examination that covers more. A plain examination does not answer an
 * order for one with contrast.
 */
#include "recognition/decide.h"

/* Regions that are imaged together. Source: DICOM PS3.16 Annex L, defined terms of
 * BodyPartExamined. */
static bool part_covers(hr_str wide, hr_str narrow)
{
	static const struct {
		hr_str whole, part;
	} parts[] = {
		{ HR_STR_INIT("CHESTABDPELVIS"), HR_STR_INIT("CHEST") },
		{ HR_STR_INIT("CHESTABDPELVIS"), HR_STR_INIT("ABDOMEN") },
		{ HR_STR_INIT("CHESTABDPELVIS"), HR_STR_INIT("PELVIS") },
		{ HR_STR_INIT("CHESTABDPELVIS"), HR_STR_INIT("CHESTABDOMEN") },
		{ HR_STR_INIT("CHESTABDPELVIS"), HR_STR_INIT("ABDOMENPELVIS") },
		{ HR_STR_INIT("CHESTABDOMEN"), HR_STR_INIT("CHEST") },
		{ HR_STR_INIT("CHESTABDOMEN"), HR_STR_INIT("ABDOMEN") },
		{ HR_STR_INIT("ABDOMENPELVIS"), HR_STR_INIT("ABDOMEN") },
		{ HR_STR_INIT("ABDOMENPELVIS"), HR_STR_INIT("PELVIS") },
		{ HR_STR_INIT("HEADNECK"), HR_STR_INIT("HEAD") },
		{ HR_STR_INIT("HEADNECK"), HR_STR_INIT("NECK") },
	};

	if (hr_str_equal_nocase(wide, narrow))
		return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (hr_str_equal_nocase(wide, parts[i].whole) &&
		    hr_str_equal_nocase(narrow, parts[i].part))
			return true;
	return false;
}

static bool contrast_covers(hr_str done, hr_str ordered)
{
	return ordered.len == 0 || hr_str_equal_nocase(done, ordered) ||
	       hr_str_equal_nocase(done, HR_STR("both"));
}

static bool side_covers(hr_str done, hr_str ordered)
{
	return ordered.len == 0 || hr_str_equal_nocase(done, ordered) ||
	       hr_str_equal_nocase(done, HR_STR("B"));
}

static bool is_wider(const hr_item *done, const hr_item *ordered)
{
	return done->kind == HR_KIND_EXAM && ordered->kind == HR_KIND_EXAM &&
	       ordered->body_part.len && hr_str_equal_nocase(done->modality, ordered->modality) &&
	       part_covers(done->body_part, ordered->body_part) &&
	       contrast_covers(done->contrast, ordered->contrast) &&
	       side_covers(done->laterality, ordered->laterality) &&
	       (ordered->position.len == 0 ||
		hr_str_equal_nocase(done->position, ordered->position)) &&
	       (ordered->method.len == 0 || hr_str_equal_nocase(done->method, ordered->method));
}

static hr_cover cover_of(const hr_case *c, const hr_decision *decision, hr_item_id ordered)
{
	hr_cover cover = HR_COVER_NOT;

	if (decision->item == HR_ID_NONE || ordered == HR_ID_NONE)
		return HR_COVER_NOT;
	if (decision->item == ordered)
		cover = HR_COVER_SAME;
	else if (is_wider(hr_catalog_get_item(c->catalog, decision->item),
			  hr_catalog_get_item(c->catalog, ordered)))
		cover = HR_COVER_WIDER;
	if (cover != HR_COVER_NOT && decision->outcome == HR_OUTCOME_UNDECIDED)
		return HR_COVER_UNDECIDED;
	return decision->outcome == HR_OUTCOME_RECOGNISED ? cover : HR_COVER_NOT;
}

static hr_order_answer answer(const hr_case *c, const hr_verdict *verdict, hr_str order)
{
	hr_order_answer best = { .order = order };

	best.item = hr_match_order(c, order, &best.candidates);
	/* Nobody can say whether an order that is not understood is answered. */
	if (best.item == HR_ID_NONE)
		best.cover = HR_COVER_UNDECIDED;

	for (uint32_t i = 0; i < verdict->decision_count; i++) {
		hr_cover cover = cover_of(c, &verdict->decisions[i], best.item);

		if (cover <= best.cover)
			continue;
		best.cover = cover;
		best.by = &verdict->decisions[i];
	}
	return best;
}

bool hr_decide_orders(const hr_case *c, hr_verdict *verdict, hr_error *err)
{
	size_t count = c->question->order_count;
	hr_order_answer *answers = HR_NEW_N(c->arena, hr_order_answer, count);

	if (!answers)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		answers[i] = answer(c, verdict, c->question->orders[i]);
	verdict->orders = answers;
	verdict->order_count = count;
	return true;
}
