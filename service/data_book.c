#include "service/data_book.h"

#include "dicom/film_book.h"
#include "service/claims.h"
#include "service/filing_book.h"
#include "service/settlement_book.h"
#include "service/shares.h"
#include "store/audit.h"
#include "store/patient_key.h"

bool hr_data_open(const hr_data_options *options, hr_arena *arena, hr_store **store,
		  hr_node_key **node, hr_error *err)
{
	const hr_room rooms[] = { hr_node_key_room,  hr_audit_room, hr_film_room,
				  hr_share_room,     hr_claim_room, hr_filing_room,
				  hr_settlement_room };
	const hr_store_options how = {
		.url = options->url,
		.who = options->who,
		.rooms = rooms,
		.room_count = sizeof(rooms) / sizeof(rooms[0]),
	};
	hr_node_key *key = HR_NEW(arena, hr_node_key);
	hr_store *opened;

	if (!key)
		return hr_fail_memory(err);
	if (!hr_store_open(&how, &opened, err))
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
