#include "service/proxies.h"

#include <arpa/inet.h>

enum { NETWORKS_MAX = 256, V4_BITS = 32, V6_BITS = 128, MAPPED_BITS = V6_BITS - V4_BITS };

static bool parse_address(hr_str text, unsigned char out[HR_ADDRESS_BYTES], bool *is_v4)
{
	static const unsigned char mapped[] = { [10] = 0xff, [11] = 0xff };
	char word[INET6_ADDRSTRLEN] = "";

	if (text.len == 0 || text.len >= sizeof(word) || memchr(text.data, '\0', text.len))
		return false;
	memcpy(word, text.data, text.len);
	memcpy(out, mapped, sizeof(mapped));
	*is_v4 = inet_pton(AF_INET, word, out + sizeof(mapped)) == 1;
	return *is_v4 || inet_pton(AF_INET6, word, out) == 1;
}

bool hr_address_is(hr_str text)
{
	unsigned char address[HR_ADDRESS_BYTES];
	bool is_v4;

	return parse_address(text, address, &is_v4);
}

/* "24"; without one the address stands for itself. */
static bool parse_bits(hr_str text, unsigned max, unsigned *out)
{
	unsigned bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		bits = bits * 10 + (unsigned)(text.data[i] - '0');
	}
	*out = bits;
	return text.len >= 1 && text.len <= 3 && bits <= max;
}

bool hr_network_read(hr_str text, hr_network *out)
{
	const size_t slash = hr_str_find(text, HR_STR("/"));
	unsigned bits;
	bool is_v4;

	if (!parse_address(hr_str_slice(text, 0, slash), out->address, &is_v4))
		return false;
	bits = is_v4 ? V4_BITS : V6_BITS;
	if (slash < text.len && !parse_bits(hr_str_slice(text, slash + 1, text.len), bits, &bits))
		return false;
	out->bits = is_v4 ? MAPPED_BITS + bits : bits;
	return true;
}

bool hr_proxies_read(const char *text, hr_arena *arena, hr_proxies *out, hr_error *err)
{
	hr_str rest = hr_str_of(text);
	hr_network *networks = HR_NEW_N(arena, hr_network, text ? NETWORKS_MAX : 1);
	size_t count = 0;

	if (!networks)
		return hr_fail_memory(err);
	for (hr_str word = hr_str_next_word(&rest); word.len; word = hr_str_next_word(&rest)) {
		if (count == NETWORKS_MAX)
			return hr_fail(err, HR_E_USAGE, "more than %d addresses of proxies",
				       NETWORKS_MAX);
		if (!hr_network_read(word, &networks[count++]))
			return hr_fail(err, HR_E_USAGE,
				       "proxy '%.*s' is not an address like 10.0.0.5 or a network "
				       "like 10.0.0.0/24",
				       HR_STR_ARG(word));
	}
	*out = (hr_proxies){ networks, count };
	return true;
}

static bool is_in(const hr_network *network, const unsigned char address[HR_ADDRESS_BYTES])
{
	const size_t whole = network->bits / 8;
	const unsigned rest = network->bits % 8;

	if (memcmp(network->address, address, whole) != 0)
		return false;
	return rest == 0 || (network->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

bool hr_proxies_trust(const hr_proxies *proxies, hr_str address)
{
	unsigned char bytes[HR_ADDRESS_BYTES];
	bool is_v4;

	if (proxies->count == 0 || !parse_address(address, bytes, &is_v4))
		return false;
	for (size_t i = 0; i < proxies->count; i++)
		if (is_in(&proxies->networks[i], bytes))
			return true;
	return false;
}
