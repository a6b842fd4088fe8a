/*
 * The proxies in front of the service, by their addresses. What a connection
 * from one of them says of the client and of our own address is believed.
 */
#pragma once

#include "base/str.h"

enum { HR_ADDRESS_BYTES = 16 };

/* Of IPv4 as IPv6 has it: ::ffff:10.0.0.5. */
typedef struct hr_network {
	unsigned char address[HR_ADDRESS_BYTES];
	unsigned bits; /* of it, that all its addresses have in common */
} hr_network;

typedef struct hr_proxies {
	const hr_network *networks;
	size_t count;
} hr_proxies;

/*
 * "10.0.0.5 10.1.0.0/24 fd00::/8", parted by blanks; NULL: none. HR_E_USAGE
 * names what is no address. Lives in the arena.
 */
bool hr_proxies_read(const char *text, hr_arena *arena, hr_proxies *out, hr_error *err);

/* False for what is no address. */
bool hr_proxies_trust(const hr_proxies *proxies, hr_str address);

/* "10.0.0.0/24", "fd00::1"; false for what is none. */
bool hr_network_read(hr_str text, hr_network *out);

/* "10.0.0.5", "fd00::1"; nothing around it. */
bool hr_address_is(hr_str text);
