/*
 * Where scrypt is run: it takes 32 MiB and a tenth of a second by design, so that
 * few may run at once, and strangers who send passcodes cannot take all of the
 * memory or all of the threads.
 */
#pragma once

#include "base/crypto.h"

#include <pthread.h>

enum {
	/*
	 * 2^15: 32 MiB, twice what scrypt's author chose for who waits at a screen
	 * (Percival 2009, 100 ms). A passcode of four digits would not hold under any
	 * cost; what protects it is that tries are few, and the node's secret in the salt.
	 */
	HR_KDF_LOG2_N = 15,
	HR_KDF_RUNNING_MAX = 2,
	HR_KDF_WAITING_MAX = 16,
};

typedef struct hr_kdf_gate {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	unsigned running;
	unsigned waiting;
	unsigned log2_n;
} hr_kdf_gate;

bool hr_kdf_gate_init(hr_kdf_gate *gate);
void hr_kdf_gate_dispose(hr_kdf_gate *gate);

/* Waits for its turn. HR_E_BUSY when so many wait already. */
bool hr_kdf_gate_run(hr_kdf_gate *gate, hr_str passcode, const hr_digest *salt, hr_digest *out,
		     hr_error *err);
