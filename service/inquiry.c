#include "service/inquiry.h"

#include "service/question.h"

hr_inquiry hr_inquiry_init(hr_instant now, hr_arena *arena)
{
	return (hr_inquiry){ .question = { .at = now }, .arena = arena };
}

static bool set_lang(hr_inquiry *q, hr_str value, hr_error *err)
{
	if (!hr_str_equal(value, HR_STR("zh")) && !hr_str_equal(value, HR_STR("en")))
		return hr_fail(err, HR_E_USAGE, "'lang' wants zh or en");
	q->style.lang = hr_str_equal(value, HR_STR("en")) ? HR_LANG_EN : HR_LANG_ZH;
	return true;
}

static bool read_yes_no(const char *name, hr_str value, bool *out, hr_error *err)
{
	if (!hr_str_equal(value, HR_STR("yes")) && !hr_str_equal(value, HR_STR("no")))
		return hr_fail(err, HR_E_USAGE, "'%s' wants yes or no", name);
	*out = hr_str_equal(value, HR_STR("yes"));
	return true;
}

static bool set_explain(hr_inquiry *q, hr_str value, hr_error *err)
{
	return read_yes_no("explain", value, &q->style.explain, err);
}

static bool set_films(hr_inquiry *q, hr_str value, hr_error *err)
{
	return read_yes_no("films", value, &q->films, err);
}

static bool set_patient(hr_inquiry *q, hr_str value, hr_error *err)
{
	hr_patient *patient = HR_NEW(q->arena, hr_patient);

	if (!patient)
		return hr_fail_memory(err);
	if (value.len > HR_PATIENT_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "the patient is over %d bytes",
			       HR_PATIENT_BYTES_MAX);
	if (!hr_patient_read(value, q->arena, patient, err))
		return false;
	q->question.patient = patient;
	return true;
}

static bool make_room(hr_inquiry *q, hr_error *err)
{
	size_t room = q->order_room ? 4 * q->order_room : 8;
	hr_str *orders = HR_NEW_N(q->arena, hr_str, room);

	if (!orders)
		return hr_fail_memory(err);
	for (size_t i = 0; i < q->question.order_count; i++)
		orders[i] = q->orders[i];
	q->orders = orders;
	q->order_room = room;
	q->question.orders = orders;
	return true;
}

static bool set_order(hr_inquiry *q, hr_str value, hr_error *err)
{
	value = hr_str_trim(value);
	if (value.len == 0)
		return hr_fail(err, HR_E_USAGE, "'order' wants an item");
	if (q->question.order_count == HR_ORDERS_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are over %d orders", HR_ORDERS_MAX);
	if (q->question.order_count == q->order_room && !make_room(q, err))
		return false;
	q->orders[q->question.order_count++] = value;
	return true;
}

static const struct {
	hr_str name;
	bool (*set)(hr_inquiry *q, hr_str value, hr_error *err);
} fields[] = {
	{ HR_STR_INIT("lang"), set_lang },   { HR_STR_INIT("explain"), set_explain },
	{ HR_STR_INIT("films"), set_films }, { HR_STR_INIT("patient"), set_patient },
	{ HR_STR_INIT("order"), set_order },
};

bool hr_inquiry_set(hr_inquiry *inquiry, hr_str name, hr_str value, hr_error *err)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (hr_str_equal(fields[i].name, name))
			return fields[i].set(inquiry, value, err);
	return hr_question_set(&inquiry->question, name, value, err);
}
