/*
 * An S3 server of the test's own: OpenStack Swift with s3api, three nodes that
 * keep three replicas (s3_swift.py), with a bucket `films`. The key test:tester
 * may do all in it, test:reader nothing.
 */
#pragma once

#include "store/s3.h"

typedef struct hr_test_s3 hr_test_s3;

/* NULL, with a word on stderr, where there is no Swift. Ends with the arena, or with us. */
hr_test_s3 *hr_test_s3_open(hr_arena *arena);

/* As test:tester, given up after 20 s. */
hr_s3_settings hr_test_s3_settings(const hr_test_s3 *server);

/* Kills node 1 to 3, or starts it anew. */
void hr_test_s3_down(hr_test_s3 *server, int node);
void hr_test_s3_up(hr_test_s3 *server, int node);
