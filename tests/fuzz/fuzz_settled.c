#include "settlement/settled.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(16 << 20);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_settled settled;
	hr_error err = { 0 };

	if (arena && parser &&
	    hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &node, &err) &&
	    hr_settled_read(node, &settled, &err)) {
		if (!settled.id.len || settled.id.len > HR_SETTLED_ID_MAX ||
		    settled.insured.len != 6)
			__builtin_trap();
		for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
			if (settled.result.settlement.fen[i] < 0)
				__builtin_trap();
	}
	hr_json_parser_close(parser);
	return 0;
}
