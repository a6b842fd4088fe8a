/* A query of the network, as JSON and as text: who has opened what, and how much of it is known. */
#pragma once

#include "settlement/diagnose.h"

typedef struct hr_network_query {
	hr_str region;	    /* prefix of GB/T 2260; empty: everywhere */
	hr_service service; /* HR_SERVICE_COUNT: any */
	hr_date on;
} hr_network_query;

/* Two, four or six digits. */
bool hr_network_region_is_valid(hr_str region);

/* "region", "opened", "at". HR_E_USAGE for another name or value; borrowed. */
bool hr_network_query_set(hr_network_query *query, hr_str name, hr_str value, hr_error *err);

/* How many rows of institutions were written. */
size_t hr_network_format_json(const hr_catalog *catalog, const hr_network_query *query,
			      hr_buf *out);
size_t hr_network_format_text(const hr_catalog *catalog, const hr_network_query *query,
			      hr_quote_lang lang, hr_buf *out);
