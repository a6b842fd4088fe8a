#include "service/http_work.h"

#include "base/arena.h"

#include <pthread.h>

struct hr_http_work {
	pthread_t *threads;
	unsigned thread_count;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool stopping;
	hr_http_job *first;
	hr_http_job **end;
};

static hr_http_job *take_first(hr_http_work *work)
{
	hr_http_job *job = work->first;

	work->first = job->next;
	if (!work->first)
		work->end = &work->first;
	return job;
}

static void *run(void *cls)
{
	hr_http_work *work = cls;

	pthread_mutex_lock(&work->lock);
	while (work->first || !work->stopping) {
		hr_http_job *job;
		bool stopping = work->stopping;

		if (!work->first) {
			pthread_cond_wait(&work->change, &work->lock);
			continue;
		}
		job = take_first(work);
		pthread_mutex_unlock(&work->lock);
		job->run(job, stopping);
		pthread_mutex_lock(&work->lock);
	}
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

bool hr_http_work_open(unsigned threads, hr_arena *arena, hr_http_work **out, hr_error *err)
{
	hr_http_work *work = HR_NEW(arena, hr_http_work);
	int errnum = 0;

	if (work)
		work->threads = HR_NEW_N(arena, pthread_t, threads);
	if (!work || !work->threads)
		return hr_fail_memory(err);
	work->end = &work->first;
	pthread_mutex_init(&work->lock, NULL);
	pthread_cond_init(&work->change, NULL);
	while (errnum == 0 && work->thread_count < threads) {
		errnum = pthread_create(&work->threads[work->thread_count], NULL, run, work);
		work->thread_count += errnum == 0;
	}
	if (errnum == 0) {
		*out = work;
		return true;
	}
	hr_http_work_stop(work);
	hr_http_work_close(work);
	return hr_fail_errno(err, errnum, "start", "a thread for what takes long");
}

bool hr_http_work_give(hr_http_work *work, hr_http_job *job)
{
	bool taken;

	pthread_mutex_lock(&work->lock);
	taken = !work->stopping;
	if (taken) {
		job->next = NULL;
		*work->end = job;
		work->end = &job->next;
		pthread_cond_signal(&work->change);
	}
	pthread_mutex_unlock(&work->lock);
	return taken;
}

void hr_http_work_stop(hr_http_work *work)
{
	if (!work)
		return;
	pthread_mutex_lock(&work->lock);
	work->stopping = true;
	pthread_cond_broadcast(&work->change);
	pthread_mutex_unlock(&work->lock);
	while (work->thread_count)
		pthread_join(work->threads[--work->thread_count], NULL);
}

void hr_http_work_close(hr_http_work *work)
{
	if (!work)
		return;
	pthread_cond_destroy(&work->change);
	pthread_mutex_destroy(&work->lock);
}
