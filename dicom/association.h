/*
 * A DICOM association, from the side that is called (PS3.7, PS3.8): C-ECHO,
 * C-STORE of every class and transfer syntax as it is proposed, Storage
 * Commitment. One at a time, in a process of its own, by DCMTK's network code;
 * what it receives goes to the functions behind it, a piece at a time, and
 * nothing of an object is parsed here.
 */
#pragma once

#include "base/str.h"

enum { HR_AE_MAX = 16, HR_COMMIT_MAX = 20000 };

typedef struct hr_association_peer {
	const char *host; /* NULL: none is known */
	unsigned port;
} hr_association_peer;

/* Why an association is not taken (PS3.8 table 9-21). */
typedef enum hr_association_verdict {
	HR_ASSOCIATION_TAKEN,
	HR_ASSOCIATION_WRONG_CALLED,  /* nobody of that title is here */
	HR_ASSOCIATION_WRONG_CALLING, /* he may not call */
	HR_ASSOCIATION_BUSY,	      /* later */
} hr_association_verdict;

typedef struct hr_store_request {
	hr_str calling; /* the sender's AE title */
	hr_str sop_class;
	hr_str instance_uid;
	hr_str transfer_syntax;
} hr_store_request;

/* PS3.7 annex C, PS3.4 table B.2-1; the comment has at most 64 characters. */
typedef struct hr_dimse_status {
	uint16_t code;
	char comment[65];
} hr_dimse_status;

typedef struct hr_commit_item {
	hr_str sop_class;
	hr_str instance_uid;
	bool present;
} hr_commit_item;

typedef struct hr_commit {
	hr_str transaction_uid;
	hr_commit_item *items;
	size_t count;
} hr_commit;

typedef struct hr_association_handler {
	void *context;

	/* `*peer`: where a report goes that the association ended before. */
	hr_association_verdict (*admit)(void *context, hr_str calling, hr_str called,
					hr_association_peer *peer);

	/* An object begins, its data set comes as it was sent, and has come whole or not. */
	void (*begin)(void *context, const hr_store_request *request);
	void (*add)(void *context, hr_str bytes);
	void (*end)(void *context, bool is_whole, hr_dimse_status *out);

	/* Which of the objects that a request names are kept. What `*out` holds lives until the
	 * next of these calls. */
	void (*commit)(void *context, hr_str transfer_syntax, hr_str data_set, hr_commit *out,
		       hr_dimse_status *status);
} hr_association_handler;

typedef struct hr_association_options {
	int control; /* when it can be read, the association ends behind what is under way */
	unsigned associate_seconds; /* for its request */
	unsigned message_seconds;   /* without a byte of a message that has begun */
	unsigned idle_seconds;	    /* without a message */
} hr_association_options;

/* Takes the connected socket. True when it ended as it should: so the process may serve another. */
bool hr_association_serve(int socket, const hr_association_options *options,
			  const hr_association_handler *handler, hr_error *err);
