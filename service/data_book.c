#include "service/data_book.h"

#include "dicom/film_book.h"
#include "service/claims.h"
#include "service/filing_book.h"
#include "service/settlement_book.h"
#include "service/shares.h"
#include "store/audit.h"
#include "store/patient_key.h"

static bool open_rooms(const char *url, const char *who, bool read_only, hr_store **out,
		       hr_error *err)
{
	const hr_room rooms[] = { hr_node_key_room,  hr_audit_room, hr_film_room,
				  hr_share_room,     hr_claim_room, hr_filing_room,
				  hr_settlement_room };
	const hr_store_options how = {
		.url = url,
		.who = who,
		.rooms = rooms,
		.room_count = sizeof(rooms) / sizeof(rooms[0]),
		.read_only = read_only,
	};

	return hr_store_open(&how, out, err);
}

bool hr_data_open(const hr_data_options *options, hr_arena *arena, hr_store **store,
		  hr_node_key **node, hr_error *err)
{
	hr_node_key *key = HR_NEW(arena, hr_node_key);
	hr_store *opened;

	if (!key)
		return hr_fail_memory(err);
	if (!open_rooms(options->url, options->who, false, &opened, err))
		return false;
	if (!hr_node_key_open(opened, options->key, key, err)) {
		hr_store_close(opened);
		return false;
	}
	*store = opened;
	*node = key;
	return true;
}

void hr_data_close(hr_store *store)
{
	if (store)
		hr_store_close(store);
}

bool hr_data_open_copy(const char *path, hr_store **store, hr_error *err)
{
	return open_rooms(path, "", true, store, err);
}

bool hr_data_copy(const char *url, const char *to, hr_error *err)
{
	return hr_store_copy(url, to, err);
}
