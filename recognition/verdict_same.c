#include "recognition/verdict_same.h"

static uint64_t hash_reason(const void *thing)
{
	const hr_reason *r = thing;
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t mixed = (uintptr_t)r->origin * odd + (uintptr_t)r->place.node;

	return (mixed * odd + r->id) * odd >> 32;
}

static bool same_place(hr_place a, hr_place b)
{
	/* HL7 v2: two fields of a segment may say the same. */
	if (a.kind == HR_PLACE_HL7 && a.attr.data != b.attr.data)
		return false;
	return a.kind == b.kind && a.node == b.node && hr_str_equal(a.attr, b.attr);
}

static bool same_reason(const void *left, const void *right)
{
	const hr_reason *a = left;
	const hr_reason *b = right;

	return a->id == b->id && a->origin == b->origin && same_place(a->place, b->place) &&
	       hr_str_equal(a->arg, b->arg) && hr_str_equal(a->arg_en, b->arg_en) &&
	       hr_str_equal(a->value, b->value);
}

static bool same_reasons(hr_reasons a, hr_reasons b)
{
	if (a.count != b.count)
		return false;
	for (uint32_t i = 0; i < a.count; i++)
		if (!same_reason(&a.list[i], &b.list[i]))
			return false;
	return true;
}

static uint64_t hash_ruling(const void *thing)
{
	const hr_ruling *r = thing;
	uint64_t mixed = hr_numbering_by_address.hash(r->regime) + r->outcome;

	for (uint32_t i = 0; i < r->reasons.count; i++)
		mixed = mixed * 31 + hash_reason(&r->reasons.list[i]);
	return mixed;
}

/* For the reader of the verdict: what is told of the two is the same. */
static bool same_ruling(const void *left, const void *right)
{
	const hr_ruling *a = left;
	const hr_ruling *b = right;

	return a->regime == b->regime && a->outcome == b->outcome &&
	       a->obligation == b->obligation && a->grant == b->grant && a->window == b->window &&
	       a->event == b->event && a->used.precision == b->used.precision &&
	       a->from.second == b->from.second && a->until.second == b->until.second &&
	       same_reasons(a->reasons, b->reasons);
}

const hr_numbering_kind hr_numbering_of_reasons = { hash_reason, same_reason };
const hr_numbering_kind hr_numbering_of_rulings = { hash_ruling, same_ruling };
