/*
 * The only file that knows simdjson. Of it we take its first stage alone,
 * which finds where strings, scalars and punctuation begin and checks UTF-8
 * at several bytes a cycle. Its second stage turns numbers into doubles and
 * lets names stand twice, so the grammar is ours.
 *
 * The class below is what simdjson's own front ends are built on; it is marked
 * private there. Whoever moves to another version runs test_json and fuzz_json,
 * which compare with its DOM parser.
 */
#include <memory>
#include <new>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

extern "C" {
#include "base/json_index.h"
}

namespace
{
/* A parser that once read a large document would hold four times its size for ever. */
constexpr size_t KEPT_BYTES = size_t(1024) * 1024;
constexpr size_t FIRST_BYTES = size_t(64) * 1024;
} // namespace

struct hr_json_parser {
	std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
};

/* simdjson looks what the processor can do at its first use, with objects that it allocates: here
 * an exception can still be caught, later it would end the program. */
hr_json_parser *hr_json_parser_open(void)
{
	try {
		simdjson::get_available_implementations().size();
		simdjson::get_active_implementation();
		return new hr_json_parser;
	} catch (const std::bad_alloc &) {
		return nullptr;
	}
}

void hr_json_parser_close(hr_json_parser *parser)
{
	delete parser;
}

static bool make_room(hr_json_parser *parser, size_t bytes)
{
	if (parser->stages && parser->stages->capacity() >= bytes &&
	    (parser->stages->capacity() <= KEPT_BYTES || bytes > KEPT_BYTES))
		return true;
	parser->stages.reset();
	if (bytes < FIRST_BYTES)
		bytes = FIRST_BYTES;
	/* The depth is of the second stage, which never runs. */
	return simdjson::get_active_implementation()->create_dom_parser_implementation(
		       bytes, 1, parser->stages) == simdjson::SUCCESS;
}

bool hr_json_index_text(hr_json_parser *parser, hr_str text, hr_json_index *out, hr_error *err)
{
	const auto *bytes = reinterpret_cast<const uint8_t *>(text.data);
	simdjson::error_code code;

	if (!make_room(parser, text.len))
		return hr_fail_memory(err);
	code = parser->stages->stage1(bytes, text.len, simdjson::stage1_mode::regular);
	if (code != simdjson::SUCCESS && code != simdjson::EMPTY)
		return hr_fail(err, HR_E_SYNTAX, "json: %s", simdjson::error_message(code));
	out->count = code == simdjson::EMPTY ? 0 : parser->stages->n_structural_indexes;
	out->offsets = parser->stages->structural_indexes.get();
	parser->stages->structural_indexes[out->count] = static_cast<uint32_t>(text.len);
	return true;
}
