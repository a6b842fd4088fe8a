/* The English word of a count: "1 person", "2 persons"; in Chinese they are the same. */
#pragma once

#include <stdint.h>

static inline const char *hr_plural(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}
