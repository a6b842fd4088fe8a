#include "service/http_body.h"

enum { FIRST_ROOM = 64 * 1024, SMALL_ANSWER = 1 << 20 };

static bool fail_busy(hr_error *err)
{
	return hr_fail(err, HR_E_MEMORY, "too much is being sent at once; try again later");
}

static bool take(hr_http_budget *budget, size_t bytes, size_t *taken, hr_error *err)
{
	if (atomic_fetch_add(&budget->used, bytes) + bytes > budget->max) {
		atomic_fetch_sub(&budget->used, bytes);
		return fail_busy(err);
	}
	*taken += bytes;
	return true;
}

static void let_go(hr_http_budget *budget, size_t *taken)
{
	if (*taken)
		atomic_fetch_sub(&budget->used, *taken);
	*taken = 0;
}

static bool fail_large(const hr_http_body *body, hr_error *err)
{
	return hr_fail(err, HR_E_LIMIT, "the body has more than %zu bytes", body->max);
}

/* Exactly so much more room, what is there being kept. */
static bool grow(hr_http_body *body, size_t room, hr_error *err)
{
	char *data = hr_arena_alloc_raw(body->arena, room);

	if (!data)
		return hr_fail_memory(err);
	if (body->len)
		memcpy(data, body->data, body->len);
	body->data = data;
	body->room = room;
	return true;
}

bool hr_http_body_begin(hr_http_body *body, hr_arena *arena, hr_http_budget *budget,
			size_t announced, size_t max, hr_error *err)
{
	*body = (hr_http_body){ .arena = arena, .budget = budget, .max = max };
	if (announced == SIZE_MAX || announced == 0)
		return true;
	if (announced > max)
		return fail_large(body, err);
	if (!arena)
		return true;
	if (announced > budget->max || atomic_load(&budget->used) > budget->max - announced)
		return fail_busy(err);
	return grow(body, announced, err);
}

bool hr_http_body_add(hr_http_body *body, hr_str bytes, hr_error *err)
{
	size_t room = body->room ? body->room : FIRST_ROOM / 2;

	if (bytes.len > body->max - body->len)
		return fail_large(body, err);
	if (!body->arena) {
		body->len += bytes.len;
		return true;
	}
	if (!take(body->budget, bytes.len, &body->taken, err))
		return false;
	if (bytes.len > body->room - body->len) {
		do
			room = room > body->max / 2 ? body->max : room * 2;
		while (bytes.len > room - body->len);
		if (!grow(body, room, err))
			return false;
	}
	if (bytes.len)
		memcpy(body->data + body->len, bytes.data, bytes.len);
	body->len += bytes.len;
	return true;
}

void hr_http_body_end(hr_http_body *body)
{
	let_go(body->budget, &body->taken);
}

bool hr_http_hold(hr_http_share *share, size_t bytes, hr_error *err)
{
	return bytes <= SMALL_ANSWER || bytes <= share->held ||
	       take(share->budget, bytes - share->held, &share->held, err);
}

void hr_http_let_go(hr_http_share *share)
{
	let_go(share->budget, &share->held);
}
