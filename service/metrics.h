/*
 * What the service counts: requests by route and status class, HL7 messages by
 * the code of their ACK, both with their durations; verdicts, and answers about
 * settlement, by outcome. Written by any thread without a lock.
 */
#pragma once

#include "base/str.h"
#include "recognition/recognition.h"
#include "service/dimse.h"
#include "service/mllp.h"
#include "service/mllp_ack.h"
#include "service/settle_questions.h"

enum {
	HR_METRICS_ROUTES = 128, /* the last stands for what no route matched */
	HR_METRICS_CLASSES = 5,	 /* 1xx to 5xx */
	HR_METRICS_BUCKETS = 12,
};

typedef struct hr_durations {
	atomic_uint_fast64_t buckets[HR_METRICS_BUCKETS]; /* each for itself; the last has no end */
	atomic_uint_fast64_t microseconds;
} hr_durations;

typedef struct hr_route_counts {
	atomic_uint_fast64_t answers[HR_METRICS_CLASSES];
	hr_durations durations;
} hr_route_counts;

typedef struct hr_metrics {
	hr_route_counts routes[HR_METRICS_ROUTES];
	atomic_uint_fast64_t verdicts[HR_OUTCOME_RECOGNISED + 1];
	atomic_uint_fast64_t settlements[HR_SETTLE_QUESTIONS][HR_SETTLE_OUTCOMES];
	hr_durations acks[HR_ACK_CODES];
	hr_mllp_counts mllp; /* the listener's own */
	hr_dimse_counts dimse;
} hr_metrics;

/* `route` of HR_METRICS_ROUTES - 1 or more: none. `status` of 100 to 599. */
void hr_metrics_count(hr_metrics *metrics, size_t route, int status, uint64_t microseconds);
void hr_metrics_count_verdict(hr_metrics *metrics, hr_outcome outcome);
void hr_metrics_count_settlements(hr_metrics *metrics, hr_settle_question question,
				  const hr_settle_tally *tally);
void hr_metrics_count_ack(hr_metrics *metrics, hr_ack_code code, uint64_t microseconds);

uint64_t hr_durations_count(const hr_durations *durations);

/*
 * Prometheus' text format. A family's head, then its samples: `labels` without
 * braces, empty for none.
 */
void hr_metrics_add_head(hr_buf *out, const char *name, const char *type, const char *help);
void hr_metrics_add_sample(hr_buf *out, const char *name, hr_str labels, int64_t value);

/* The samples of one route or code, with `labels` before their own; nothing when there was none. */
void hr_metrics_add_answers(hr_buf *out, const char *name, hr_str labels,
			    const hr_route_counts *counts);
void hr_metrics_add_durations(hr_buf *out, const char *name, hr_str labels,
			      const hr_durations *durations);
