#include "service/kdf_gate.h"

bool hr_kdf_gate_init(hr_kdf_gate *gate)
{
	gate->running = 0;
	gate->waiting = 0;
	gate->log2_n = HR_KDF_LOG2_N;
	if (pthread_mutex_init(&gate->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&gate->freed, NULL) == 0)
		return true;
	pthread_mutex_destroy(&gate->lock);
	return false;
}

void hr_kdf_gate_dispose(hr_kdf_gate *gate)
{
	pthread_cond_destroy(&gate->freed);
	pthread_mutex_destroy(&gate->lock);
}

static bool enter(hr_kdf_gate *gate)
{
	bool ok;

	pthread_mutex_lock(&gate->lock);
	ok = gate->running < HR_KDF_RUNNING_MAX || gate->waiting < HR_KDF_WAITING_MAX;
	gate->waiting += ok;
	while (ok && gate->running >= HR_KDF_RUNNING_MAX)
		pthread_cond_wait(&gate->freed, &gate->lock);
	gate->waiting -= ok;
	gate->running += ok;
	pthread_mutex_unlock(&gate->lock);
	return ok;
}

static void leave(hr_kdf_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->running--;
	pthread_cond_signal(&gate->freed);
	pthread_mutex_unlock(&gate->lock);
}

bool hr_kdf_gate_run(hr_kdf_gate *gate, hr_str passcode, const hr_digest *salt, hr_digest *out,
		     hr_error *err)
{
	bool ok;

	if (!enter(gate))
		return hr_fail(err, HR_E_BUSY, "%d passcodes wait to be checked",
			       HR_KDF_WAITING_MAX);
	ok = hr_scrypt(passcode, (hr_str){ (const char *)salt->bytes, sizeof(salt->bytes) },
		       gate->log2_n, out, err);
	leave(gate);
	return ok;
}
