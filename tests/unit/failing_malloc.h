/*
 * Makes the n-th allocation of the calling thread fail: malloc and its kin are
 * defined in the test's own program, so those of libxml2, simdjson and libc
 * count too. Not in sanitizer builds, which define them themselves.
 */
#pragma once

#include "base/error.h"

/* From now the n-th allocation fails, once; 0: none does. Starts the count anew. */
void hr_failing_malloc_set(unsigned long n);

/* Allocations since the last set, one that failed with them. */
unsigned long hr_failing_malloc_count(void);

/*
 * Runs `attempt` with its first allocation failing, then its second, until
 * none fails. An attempt succeeds, or says false and HR_E_MEMORY; it frees
 * what it took. Returns how many allocations there are: none of them hidden
 * from this test when the caller expects at least one.
 */
unsigned long hr_failing_malloc_each(bool (*attempt)(void *context, hr_error *err), void *context);
