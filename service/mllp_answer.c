#include "service/mllp_answer.h"

#include <time.h>

enum { ID_BYTES = 16 };

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* MSH-10 of the answer, which has room for 20 characters: in no order that says how many came. */
static void make_id(const hr_ack *ack, uint64_t began_us, char out[ID_BYTES])
{
	uint64_t number = hr_str_hash(ack->message, began_us ^ (uint64_t)ack->now.second << 20);

	for (int i = 0; i < ID_BYTES; i++, number <<= 4)
		out[i] = "0123456789ABCDEF"[number >> 60];
}

static bool judge(hr_app *app, const hr_ack *ack, hr_arena *arena, hr_str *outcome, hr_error *err)
{
	hr_inquiry inquiry;
	hr_verdicts verdicts;

	if (!hr_ack_check_head(ack->head, err) || !hr_app_inquiry(app, arena, &inquiry, err) ||
	    !hr_app_verify(app, &inquiry, ack->message, arena, &verdicts, err))
		return false;
	*outcome = hr_outcome_word(verdicts.outcome);
	return true;
}

/* Neither MSH-10 nor a word of the message: both may name a patient. */
static void log_message(const hr_app *app, const hr_ack *ack, uint64_t took_us)
{
	const hr_str none = HR_STR("-");
	const hr_log_field fields[] = {
		{ .name = "id", .text = ack->id },
		{ .name = "ack", .text = hr_ack_word(ack->code) },
		{ .name = "bytes", .number = (int64_t)ack->message.len },
		{ .name = "us", .number = (int64_t)took_us },
		{ .name = "outcome", .text = ack->why ? none : ack->outcome },
		{ .name = "code",
		  .text = hr_str_of(hr_error_word(ack->why ? ack->why->code : HR_E_NONE)) },
		{ .name = "detail", .text = hr_str_of(ack->why ? ack->why->detail : "") },
	};
	const bool is_ours = ack->why && hr_error_http(ack->why->code) >= 500;

	hr_log_write(&app->options.log, is_ours ? HR_LOG_ERROR : HR_LOG_INFO, ack->now, "message",
		     fields,
		     is_ours	? 7
		     : ack->why ? 6
				: 5);
}

static void answer(void *context, hr_str message, const hr_error *why, hr_arena *arena, hr_buf *out)
{
	hr_app *app = context;
	const uint64_t began_us = now_us();
	char id[ID_BYTES];
	hr_hl7_head head;
	hr_error err;
	hr_error unreadable;
	uint64_t took_us;
	hr_ack ack = { .message = message, .why = why, .now = hr_app_now() };

	make_id(&ack, began_us, id);
	ack.id = (hr_str){ id, ID_BYTES };
	if (hr_hl7_read_head(message, &head, &unreadable))
		ack.head = &head;
	if (!ack.why && !ack.head)
		ack.why = &unreadable;
	if (!ack.why && !judge(app, &ack, arena, &ack.outcome, &err))
		ack.why = &err;
	if (ack.why)
		ack.code = ack.why == &unreadable ? HR_ACK_AR : hr_ack_code_of(ack.why);
	hr_arena_raise(arena, HR_ACK_BYTES_MAX);
	hr_ack_format(&ack, arena, out);
	took_us = now_us() - began_us;
	hr_metrics_count_ack(&app->metrics, ack.code, took_us);
	log_message(app, &ack, took_us);
}

hr_mllp_handler hr_mllp_app_handler(hr_app *app)
{
	return (hr_mllp_handler){ answer, app };
}
