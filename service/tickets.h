/*
 * Tickets: what a hospital's own app carries into the browser, so that its
 * patient is known there: 256 random bits for one opening within five minutes.
 *
 * They live in this process alone, as the sessions do that they become: a
 * restart ends them, the app asks for another, and nothing lies on a disk that
 * somebody could use. Kept as their SHA-256. Any thread.
 */
#pragma once

#include "base/calendar.h"
#include "service/secret.h"
#include "store/patient_key.h"

enum {
	HR_TICKET_SECONDS = 300,
	HR_TICKETS_MAX = 16384, /* that live: fifty a second */
};

typedef struct hr_tickets hr_tickets;

bool hr_tickets_open(hr_tickets **out, hr_error *err);
void hr_tickets_close(hr_tickets *tickets);

/* HR_E_TOO_MANY when so many live. */
bool hr_ticket_draw(hr_tickets *tickets, const hr_patient_key *patient, hr_instant now,
		    char text[HR_SECRET_TEXT], hr_error *err);

/* `*taken` false: it is none, or was used, or is too old: one answer. */
bool hr_ticket_take(hr_tickets *tickets, hr_str text, hr_instant now, bool *taken,
		    hr_patient_key *out, hr_error *err);
