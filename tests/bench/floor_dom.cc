#include "floor.h"

#include <simdjson.h>

struct floor_dom {
	simdjson::dom::parser parser;
	simdjson::padded_string bytes;
};

extern "C" floor_dom *floor_dom_open(const char *data, size_t len)
{
	auto *floor = new floor_dom;

	floor->bytes = simdjson::padded_string(data, len);
	return floor;
}

extern "C" void floor_dom_close(floor_dom *floor)
{
	delete floor;
}

extern "C" size_t floor_dom_run(floor_dom *floor)
{
	simdjson::dom::object top;

	if (floor->parser.parse(floor->bytes).get(top))
		return 0;
	return top.size();
}
