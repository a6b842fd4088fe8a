#include "failing_malloc.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* glibc's own, under the names that a replaced malloc may call. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);

/* Default visibility: the shared libraries must find these and not libc's. */
#define VISIBLE __attribute__((visibility("default")))

static atomic_ulong count;
static atomic_ulong failing;
static _Atomic pthread_t counted; /* the thread that called set */

void hr_failing_malloc_set(unsigned long n)
{
	counted = pthread_self();
	count = 0;
	failing = n;
}

unsigned long hr_failing_malloc_count(void)
{
	return count;
}

static bool fails_now(void)
{
	if (!pthread_equal(counted, pthread_self()) || ++count != failing)
		return false;
	errno = ENOMEM;
	return true;
}

VISIBLE void *malloc(size_t size)
{
	return fails_now() ? NULL : __libc_malloc(size);
}

VISIBLE void *calloc(size_t n, size_t size)
{
	return fails_now() ? NULL : __libc_calloc(n, size);
}

VISIBLE void *realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __libc_realloc(old, size);
}

VISIBLE void *memalign(size_t align, size_t size)
{
	return fails_now() ? NULL : __libc_memalign(align, size);
}

VISIBLE void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

VISIBLE int posix_memalign(void **out, size_t align, size_t size)
{
	void *piece = memalign(align, size);

	if (!piece)
		return ENOMEM;
	*out = piece;
	return 0;
}

unsigned long hr_failing_malloc_each(bool (*attempt)(void *context, hr_error *err), void *context)
{
	unsigned long n = 0;
	unsigned long made;

	do {
		hr_error err = { 0 };
		bool ok;

		hr_failing_malloc_set(++n);
		ok = attempt(context, &err);
		made = hr_failing_malloc_count();
		hr_failing_malloc_set(0);
		if (!ok)
			CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		if (made < n)
			CU_ASSERT_TRUE(ok);
	} while (made >= n);
	return made;
}
