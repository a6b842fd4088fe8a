/*
 * What the service counts: requests by route and status class with their
 * durations, verdicts by outcome, HL7 messages by the code of their ACK. Written by any thread
 * without a lock.
 */
#pragma once

#include "base/str.h"
#include "recognition/recognition.h"
#include "service/mllp_ack.h"

#include <stdatomic.h>

enum {
	HR_METRICS_ROUTES = 64, /* the last stands for what no route matched */
	HR_METRICS_CLASSES = 5, /* 1xx to 5xx */
	HR_METRICS_BUCKETS = 12,
};

typedef struct hr_route_counts {
	atomic_uint_fast64_t answers[HR_METRICS_CLASSES];
	atomic_uint_fast64_t buckets[HR_METRICS_BUCKETS]; /* each for itself; the last has no end */
	atomic_uint_fast64_t microseconds;
} hr_route_counts;

typedef struct hr_metrics {
	hr_route_counts routes[HR_METRICS_ROUTES];
	atomic_uint_fast64_t verdicts[HR_OUTCOME_RECOGNISED + 1];
	atomic_uint_fast64_t acks[HR_ACK_CODES];
} hr_metrics;

/* `route` of HR_METRICS_ROUTES - 1 or more: none. `status` of 100 to 599. */
void hr_metrics_count(hr_metrics *metrics, size_t route, int status, uint64_t microseconds);
void hr_metrics_count_verdict(hr_metrics *metrics, hr_outcome outcome);
void hr_metrics_count_ack(hr_metrics *metrics, hr_ack_code code);

/*
 * Prometheus' text format. A family's head, then its samples: `labels` without
 * braces, empty for none.
 */
void hr_metrics_add_head(hr_buf *out, const char *name, const char *type, const char *help);
void hr_metrics_add_sample(hr_buf *out, const char *name, hr_str labels, int64_t value);

/* The samples of one route, with `labels` before their own; nothing when it was never asked. */
void hr_metrics_add_answers(hr_buf *out, const char *name, hr_str labels,
			    const hr_route_counts *counts);
void hr_metrics_add_durations(hr_buf *out, const char *name, hr_str labels,
			      const hr_route_counts *counts);
