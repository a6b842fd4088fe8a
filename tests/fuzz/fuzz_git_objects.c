/* The first byte says what the rest is taken for: a commit, a message, a tree, a loose object. */
#include "registry/git.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_commit(hr_str bytes, hr_arena *arena)
{
	hr_commit commit = { 0 };
	hr_version version;
	hr_error err;

	if (!hr_commit_parse(bytes, &commit))
		return;
	assert(commit.time.second >= 0);
	assert(hr_commit_version(&commit, arena, &version, &err));
}

static void fuzz_message(hr_str bytes)
{
	hr_str body;
	hr_str seal;

	hr_seal_find(bytes, &body, &seal);
	assert(seal.len + body.len <= bytes.len);
}

/* Each step takes off what it read, and an order is never both ways. */
static void fuzz_tree(hr_str bytes)
{
	hr_tree_entry last = { 0 };
	hr_tree_entry entry;
	hr_str rest = bytes;

	for (size_t before = rest.len; rest.len && hr_tree_next(&rest, &entry); before = rest.len) {
		assert(rest.len + entry.mode.len + entry.name.len + 22 == before);
		assert(!memchr(entry.name.data, '\0', entry.name.len));
		if (last.name.data)
			assert(!(hr_tree_in_order(&last, &entry) &&
				 hr_tree_in_order(&entry, &last)));
		last = entry;
	}
}

static void fuzz_loose(hr_str bytes, hr_arena *arena)
{
	hr_error err;
	hr_str content;

	for (size_t size = 0; size < 8; size++)
		if (hr_loose_parse(bytes, GIT_OBJECT_BLOB, size, arena, &content, &err))
			assert(content.len == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_str bytes = { (const char *)data + 1, size - 1 };

	if (!arena || size == 0)
		return 0;
	switch (data[0]) {
	case 'c':
		fuzz_commit(bytes, arena);
		break;
	case 'm':
		fuzz_message(bytes);
		break;
	case 't':
		fuzz_tree(bytes);
		break;
	case 'l':
		fuzz_loose(bytes, arena);
		break;
	}
	return 0;
}
