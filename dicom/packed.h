/* Numbers and texts one after the other: what a worker hands back, and what the index keeps. */
#pragma once

#include "base/str.h"

/* Little endian. */
void hr_packed_add_u32(hr_buf *out, uint32_t n);
void hr_packed_add_u64(hr_buf *out, uint64_t n);

/* With its length in front. */
void hr_packed_add_str(hr_buf *out, hr_str s);

/* What is left to be read. Past its end all is 0 and empty, and `failed` stays. */
typedef struct hr_packed {
	hr_str rest;
	bool failed;
} hr_packed;

uint32_t hr_packed_u32(hr_packed *from);
uint64_t hr_packed_u64(hr_packed *from);
hr_str hr_packed_bytes(hr_packed *from, size_t len);
/* Borrowed; over `max` bytes it fails. */
hr_str hr_packed_str(hr_packed *from, size_t max);
