#include "service/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

/* 16,384 clients at once, in 500 KB. */
enum { SETS = 2048, WAYS = 8, SECOND_US = 1000000 };

/* A client by its hash alone: the seed is secret, so none can be made to meet another's. */
struct bucket {
	uint64_t client; /* 0: free */
	uint64_t filled_us;
	uint64_t credit; /* in millionths of a request */
};

struct set {
	pthread_mutex_t lock;
	struct bucket buckets[WAYS];
};

struct hr_limits {
	hr_arena *arena; /* holds this struct */
	uint64_t seed;
	atomic_uint per_second;
	struct set sets[SETS];
};

bool hr_limits_open(uint32_t per_second, hr_limits **out, hr_error *err)
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
	for (size_t i = 0; i < SETS; i++)
		pthread_mutex_init(&limits->sets[i].lock, NULL);
	atomic_store(&limits->per_second, per_second);
	*out = limits;
	return true;
}

void hr_limits_close(hr_limits *limits)
{
	if (!limits)
		return;
	for (size_t i = 0; i < SETS; i++)
		pthread_mutex_destroy(&limits->sets[i].lock);
	hr_arena_close(limits->arena);
}

void hr_limits_set(hr_limits *limits, uint32_t per_second)
{
	atomic_store(&limits->per_second, per_second);
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
static void fill(struct bucket *bucket, uint64_t now_us, uint32_t per_second)
{
	uint64_t full = (uint64_t)per_second * SECOND_US;
	uint64_t passed = now_us > bucket->filled_us ? now_us - bucket->filled_us : 0;

	bucket->credit += (passed < SECOND_US ? passed : SECOND_US) * per_second;
	if (bucket->credit > full)
		bucket->credit = full;
	bucket->filled_us += passed;
}

bool hr_limits_take(hr_limits *limits, hr_str client, uint64_t now_us)
{
	uint32_t per_second = atomic_load(&limits->per_second);
	uint64_t key;
	struct set *set;
	struct bucket *bucket;
	bool may;

	if (per_second == 0)
		return true;
	key = hash(limits, client);
	set = &limits->sets[key % SETS];
	pthread_mutex_lock(&set->lock);
	bucket = find(set, key, now_us, (uint64_t)per_second * SECOND_US);
	fill(bucket, now_us, per_second);
	may = bucket->credit >= SECOND_US;
	if (may)
		bucket->credit -= SECOND_US;
	pthread_mutex_unlock(&set->lock);
	return may;
}
