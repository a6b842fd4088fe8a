#include "service/metrics.h"

#include <assert.h>

/* Upper ends in microseconds: a verdict takes some hundred, a large bundle seconds. */
static const uint64_t bucket_ends[HR_METRICS_BUCKETS - 1] = {
	100, 250, 500, 1000, 2500, 5000, 10000, 50000, 250000, 1000000, 5000000,
};

static void add_one(atomic_uint_fast64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static uint64_t read(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_duration(hr_durations *durations, uint64_t microseconds)
{
	size_t bucket = 0;

	while (bucket < HR_METRICS_BUCKETS - 1 && microseconds > bucket_ends[bucket])
		bucket++;
	add_one(&durations->buckets[bucket]);
	atomic_fetch_add_explicit(&durations->microseconds, microseconds, memory_order_relaxed);
}

uint64_t hr_durations_count(const hr_durations *durations)
{
	uint64_t count = 0;

	for (int i = 0; i < HR_METRICS_BUCKETS; i++)
		count += read(&durations->buckets[i]);
	return count;
}

void hr_metrics_count(hr_metrics *metrics, size_t route, int status, uint64_t microseconds)
{
	assert(status >= 100 && status < 600);
	if (route >= HR_METRICS_ROUTES)
		route = HR_METRICS_ROUTES - 1;
	add_one(&metrics->routes[route].answers[status / 100 - 1]);
	add_duration(&metrics->routes[route].durations, microseconds);
}

void hr_metrics_count_verdict(hr_metrics *metrics, hr_outcome outcome)
{
	add_one(&metrics->verdicts[outcome]);
}

void hr_metrics_count_settlements(hr_metrics *metrics, hr_settle_question question,
				  const hr_settle_tally *tally)
{
	for (size_t i = 0; i < HR_SETTLE_OUTCOMES; i++)
		atomic_fetch_add_explicit(&metrics->settlements[question][i], tally->outcomes[i],
					  memory_order_relaxed);
}

void hr_metrics_count_ack(hr_metrics *metrics, hr_ack_code code, uint64_t microseconds)
{
	add_duration(&metrics->acks[code], microseconds);
}

/* --- the text --- */

void hr_metrics_add_head(hr_buf *out, const char *name, const char *type, const char *help)
{
	hr_buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void hr_metrics_add_sample(hr_buf *out, const char *name, hr_str labels, int64_t value)
{
	hr_buf_add(out, hr_str_of(name));
	if (labels.len)
		hr_buf_addf(out, "{%.*s}", HR_STR_ARG(labels));
	HR_BUF_ADD(out, " ");
	hr_buf_add_int(out, value);
	HR_BUF_ADD(out, "\n");
}

void hr_metrics_add_answers(hr_buf *out, const char *name, hr_str labels,
			    const hr_route_counts *counts)
{
	for (int class = 0; class < HR_METRICS_CLASSES; class ++) {
		uint64_t count = read(&counts->answers[class]);

		if (count)
			hr_buf_addf(out, "%s{%.*s,status=\"%dxx\"} %llu\n", name,
				    HR_STR_ARG(labels), class + 1, (unsigned long long)count);
	}
}

/* Prometheus wants seconds: microseconds are written with their six decimals. */
static void add_seconds(hr_buf *out, uint64_t microseconds)
{
	hr_buf_addf(out, "%llu.%06llu", (unsigned long long)(microseconds / 1000000),
		    (unsigned long long)(microseconds % 1000000));
}

void hr_metrics_add_durations(hr_buf *out, const char *name, hr_str labels,
			      const hr_durations *durations)
{
	uint64_t in_buckets[HR_METRICS_BUCKETS];
	uint64_t total = 0;
	uint64_t below = 0;

	for (int i = 0; i < HR_METRICS_BUCKETS; i++)
		total += in_buckets[i] = read(&durations->buckets[i]);
	if (total == 0)
		return;
	for (int i = 0; i < HR_METRICS_BUCKETS; i++) {
		below += in_buckets[i];
		hr_buf_addf(out, "%s_bucket{%.*s,le=\"", name, HR_STR_ARG(labels));
		if (i < HR_METRICS_BUCKETS - 1)
			add_seconds(out, bucket_ends[i]);
		else
			HR_BUF_ADD(out, "+Inf");
		hr_buf_addf(out, "\"} %llu\n", (unsigned long long)below);
	}
	hr_buf_addf(out, "%s_sum{%.*s} ", name, HR_STR_ARG(labels));
	add_seconds(out, read(&durations->microseconds));
	hr_buf_addf(out, "\n%s_count{%.*s} %llu\n", name, HR_STR_ARG(labels),
		    (unsigned long long)total);
}
