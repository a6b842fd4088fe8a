/* Any bytes have a verdict or an error; a verdict has its text, and JSON that our reader takes. */
#include "service/verify.h"

#include "base/json.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Loaded once: for a fuzzer that is not at the top of the tree, too. */
static const hr_catalog *decision_catalog(void)
{
	static hr_catalog *catalog;
	hr_error err;

	if (!catalog && !hr_catalog_open_folder(FUZZ_CATALOG, NULL, &catalog, &err))
		abort();
	return catalog;
}

static void check_json(const hr_verdict *verdict, hr_arena *arena)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	hr_error err;
	hr_buf buf;

	if (!parser)
		abort();
	hr_buf_init(&buf, arena, HR_JSON_DOCUMENT_MAX);
	hr_verdict_format_json(verdict, &buf);
	if (!buf.failed) {
		assert(hr_json_read(parser, hr_buf_str(&buf), arena, &root, &err));
		assert(hr_str_equal(hr_json_path_text(root, HR_STR("outcome")),
				    hr_outcome_word(verdict->outcome)));
		assert(!memchr(buf.data, '\n', buf.len));
	}
	hr_json_parser_close(parser);
}

static void check_text(const hr_verdict *verdict, hr_verdict_style style, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_JSON_DOCUMENT_MAX);
	hr_verdict_format_text(verdict, style, &buf);
	assert(buf.failed || buf.len > 0);
}

static void check_verdicts(const hr_verdicts *verdicts, hr_arena *arena)
{
	assert(verdicts->count > 0);
	for (size_t i = 0; i < verdicts->count; i++) {
		const hr_verdict *verdict = &verdicts->verdicts[i];

		assert(verdict->outcome >= verdicts->outcome);
		assert(verdict->decision_count == verdict->report->result_count);
		check_json(verdict, arena);
		check_text(verdict, (hr_verdict_style){ HR_LANG_ZH, true }, arena);
		check_text(verdict, (hr_verdict_style){ HR_LANG_EN, false }, arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const hr_str orders[] = { HR_STR_INIT("TSH"), HR_STR_INIT("CT-CHEST") };
	const hr_question question = { .receiver = HR_STR("12110101400000001P"),
				       .at = { 1740000000 },
				       .orders = orders,
				       .order_count = 2,
				       .mark_seen = HR_STR("none") };
	const hr_catalog *catalog = decision_catalog();
	hr_reader *reader = hr_reader_open();
	hr_arena *arena = hr_arena_open((size_t)256 << 20);
	hr_verdicts verdicts;
	hr_error err = { 0 };

	if (!reader || !arena)
		abort();
	if (hr_verify(catalog, reader, &question, (hr_str){ (const char *)data, size }, arena,
		      &verdicts, &err))
		check_verdicts(&verdicts, arena);
	else
		assert(err.code != HR_E_NONE && err.message[0]);
	hr_arena_close(arena);
	hr_reader_close(reader);
	return 0;
}
