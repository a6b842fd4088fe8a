#include "service/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

/* 16,384 clients at once, in 500 KB. */
enum { SETS = 2048, WAYS = 8, LOCKS = 64, SECOND_US = 1000000 };

/* A client by its hash alone: the seed is secret, so none can be made to meet another's. */
struct bucket {
	uint64_t client; /* 0: free */
	uint64_t filled_us;
	uint64_t credit; /* of a request: as much as the period has microseconds */
};

struct set {
	struct bucket buckets[WAYS];
};

struct hr_limits {
	hr_arena *arena; /* holds this struct */
	uint64_t seed;
	uint64_t period_us;
	atomic_uint count; /* in a period */
	/* Beside the sets, not in them: a set that nobody used stays a page of zeros. */
	pthread_mutex_t locks[LOCKS];
	struct set sets[SETS];
};

bool hr_limits_open(uint32_t count, uint32_t seconds, hr_limits **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_limits) + 64);
	hr_limits *limits = arena ? HR_NEW(arena, hr_limits) : NULL;

	if (!limits) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	limits->arena = arena;
	if (getrandom(&limits->seed, sizeof(limits->seed), 0) != (ssize_t)sizeof(limits->seed)) {
		hr_arena_close(arena);
		return hr_fail_errno(err, errno, "draw", "random numbers");
	}
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&limits->locks[i], NULL);
	limits->period_us = (uint64_t)seconds * SECOND_US;
	atomic_store(&limits->count, count);
	*out = limits;
	return true;
}

void hr_limits_close(hr_limits *limits)
{
	if (!limits)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&limits->locks[i]);
	hr_arena_close(limits->arena);
}

void hr_limits_set(hr_limits *limits, uint32_t count)
{
	atomic_store(&limits->count, count);
}

static uint64_t hash(const hr_limits *limits, hr_str client)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr address;
	uint64_t value;

	if (client.len < sizeof(text) && client.len)
		memcpy(text, client.data, client.len);
	if (inet_pton(AF_INET6, text, &address) == 1)
		client = (hr_str){ (const char *)address.s6_addr, 8 };
	value = hr_str_hash(client, limits->seed);
	return value ? value : 1;
}

/* The client's bucket, or the one that was not asked for longest, made his. */
static struct bucket *find(struct set *set, uint64_t client, uint64_t now_us, uint64_t full)
{
	struct bucket *oldest = &set->buckets[0];

	for (size_t i = 0; i < WAYS; i++) {
		struct bucket *bucket = &set->buckets[i];

		if (bucket->client == client)
			return bucket;
		if (bucket->filled_us < oldest->filled_us)
			oldest = bucket;
	}
	*oldest = (struct bucket){ .client = client, .filled_us = now_us, .credit = full };
	return oldest;
}

/* A thread may come with a time before another's; that is no time at all. */
static void fill(struct bucket *bucket, uint64_t now_us, uint32_t count, uint64_t period_us)
{
	uint64_t full = count * period_us;
	uint64_t passed = now_us > bucket->filled_us ? now_us - bucket->filled_us : 0;

	bucket->credit += (passed < period_us ? passed : period_us) * count;
	if (bucket->credit > full)
		bucket->credit = full;
	bucket->filled_us += passed;
}

/* The client's bucket, filled until now; the lock of its set is held. */
static struct bucket *lock_bucket(hr_limits *limits, hr_str client, uint64_t now_us, uint32_t count,
				  pthread_mutex_t **lock)
{
	const uint64_t key = hash(limits, client);
	struct bucket *bucket;

	*lock = &limits->locks[key % LOCKS];
	pthread_mutex_lock(*lock);
	bucket = find(&limits->sets[key % SETS], key, now_us, count * limits->period_us);
	fill(bucket, now_us, count, limits->period_us);
	return bucket;
}

bool hr_limits_take(hr_limits *limits, hr_str client, uint64_t now_us)
{
	uint32_t count = atomic_load(&limits->count);
	struct bucket *bucket;
	pthread_mutex_t *lock;
	bool may;

	if (count == 0)
		return true;
	bucket = lock_bucket(limits, client, now_us, count, &lock);
	may = bucket->credit >= limits->period_us;
	if (may)
		bucket->credit -= limits->period_us;
	pthread_mutex_unlock(lock);
	return may;
}

void hr_limits_give_back(hr_limits *limits, hr_str client, uint64_t now_us)
{
	uint32_t count = atomic_load(&limits->count);
	pthread_mutex_t *lock;

	if (count == 0)
		return;
	lock_bucket(limits, client, now_us, count, &lock)->credit += limits->period_us;
	pthread_mutex_unlock(lock);
}
