/*
 * A ring in the order in which tickets were drawn, which is that in which they
 * end; and chains by the first bits of their digests, to find one.
 */
#include "service/tickets.h"

#include <pthread.h>

enum { CHAINS = HR_TICKETS_MAX / 4, NONE = HR_TICKETS_MAX };

struct ticket {
	hr_digest digest;
	hr_patient_key patient;
	hr_instant ends;
	uint32_t next; /* of its chain */
	bool used;
};

struct hr_tickets {
	hr_arena *arena; /* holds this struct */
	pthread_mutex_t lock;
	struct ticket *ring;
	uint32_t first; /* the oldest */
	uint32_t count;
	uint32_t chains[CHAINS];
};

#define ROOM (HR_TICKETS_MAX * sizeof(struct ticket) + sizeof(hr_tickets) + (1 << 16))

bool hr_tickets_open(hr_tickets **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ROOM);
	hr_tickets *tickets = arena ? HR_NEW(arena, hr_tickets) : NULL;

	if (tickets)
		tickets->ring = HR_NEW_N(arena, struct ticket, HR_TICKETS_MAX);
	if (!tickets || !tickets->ring) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	tickets->arena = arena;
	for (size_t i = 0; i < CHAINS; i++)
		tickets->chains[i] = NONE;
	pthread_mutex_init(&tickets->lock, NULL);
	*out = tickets;
	return true;
}

void hr_tickets_close(hr_tickets *tickets)
{
	if (!tickets)
		return;
	pthread_mutex_destroy(&tickets->lock);
	hr_arena_close(tickets->arena);
}

static uint32_t *chain_of(hr_tickets *tickets, const hr_digest *digest)
{
	uint32_t bits;

	memcpy(&bits, digest->bytes, sizeof(bits));
	return &tickets->chains[bits % CHAINS];
}

static void unlink_ticket(hr_tickets *tickets, uint32_t at)
{
	uint32_t *link = chain_of(tickets, &tickets->ring[at].digest);

	while (*link != at)
		link = &tickets->ring[*link].next;
	*link = tickets->ring[at].next;
}

/* A used one as well as its time is over: the ring gives places back in order. */
static void drop_old(hr_tickets *tickets, hr_instant now)
{
	while (tickets->count && tickets->ring[tickets->first].ends.second <= now.second) {
		if (!tickets->ring[tickets->first].used)
			unlink_ticket(tickets, tickets->first);
		tickets->first = (tickets->first + 1) % HR_TICKETS_MAX;
		tickets->count--;
	}
}

static bool add(hr_tickets *tickets, const struct ticket *ticket, hr_instant now)
{
	uint32_t *chain = chain_of(tickets, &ticket->digest);
	uint32_t at;

	drop_old(tickets, now);
	if (tickets->count == HR_TICKETS_MAX)
		return false;
	at = (tickets->first + tickets->count++) % HR_TICKETS_MAX;
	tickets->ring[at] = *ticket;
	tickets->ring[at].next = *chain;
	*chain = at;
	return true;
}

bool hr_ticket_draw(hr_tickets *tickets, const hr_patient_key *patient, hr_instant now,
		    char text[HR_SECRET_TEXT], hr_error *err)
{
	struct ticket ticket = { .patient = *patient, .ends = { now.second + HR_TICKET_SECONDS } };
	bool added;

	if (!hr_secret_draw(HR_STR("hrp_"), text, err) ||
	    !hr_sha256(hr_str_of(text), &ticket.digest, err))
		return false;
	pthread_mutex_lock(&tickets->lock);
	added = add(tickets, &ticket, now);
	pthread_mutex_unlock(&tickets->lock);
	return added ||
	       hr_fail(err, HR_E_TOO_MANY, "%d tickets were drawn within five minutes and not used",
		       HR_TICKETS_MAX);
}

static bool take(hr_tickets *tickets, const hr_digest *digest, hr_instant now, hr_patient_key *out)
{
	uint32_t at;

	drop_old(tickets, now);
	at = *chain_of(tickets, digest);
	while (at != NONE && !hr_digest_equal(&tickets->ring[at].digest, digest))
		at = tickets->ring[at].next;
	if (at == NONE)
		return false;
	unlink_ticket(tickets, at);
	tickets->ring[at].used = true;
	*out = tickets->ring[at].patient;
	return true;
}

bool hr_ticket_take(hr_tickets *tickets, hr_str text, hr_instant now, bool *taken,
		    hr_patient_key *out, hr_error *err)
{
	hr_digest digest;

	if (!hr_sha256(text, &digest, err))
		return false;
	pthread_mutex_lock(&tickets->lock);
	*taken = take(tickets, &digest, now, out);
	pthread_mutex_unlock(&tickets->lock);
	return true;
}
