#include "service/fetch_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum { V4_BITS = 96, ADDRESS_BYTES = 16 };

enum kind {
	PUBLIC,
	PRIVATE,
	LOOPBACK,
	NEVER,
};

/*
 * IPv4 is looked up as ::ffff:a.b.c.d, so one table holds both. Source: the
 * registries of special addresses (RFC 6890 and its successors).
 */
static const struct range {
	const char *first;
	int bits;
	enum kind kind;
} ranges[] = {
	{ "::ffff:0.0.0.0", V4_BITS + 8, NEVER }, /* "this host" */
	{ "::ffff:10.0.0.0", V4_BITS + 8, PRIVATE },
	{ "::ffff:100.64.0.0", V4_BITS + 10, PRIVATE }, /* of providers */
	{ "::ffff:127.0.0.0", V4_BITS + 8, LOOPBACK },
	{ "::ffff:169.254.0.0", V4_BITS + 16, NEVER }, /* link-local; clouds tell secrets there */
	{ "::ffff:172.16.0.0", V4_BITS + 12, PRIVATE },
	{ "::ffff:192.0.0.0", V4_BITS + 24, NEVER },
	{ "::ffff:192.0.2.0", V4_BITS + 24, NEVER }, /* documentation, as the next two */
	{ "::ffff:198.51.100.0", V4_BITS + 24, NEVER },
	{ "::ffff:203.0.113.0", V4_BITS + 24, NEVER },
	{ "::ffff:192.168.0.0", V4_BITS + 16, PRIVATE },
	{ "::ffff:198.18.0.0", V4_BITS + 15, NEVER },
	{ "::ffff:224.0.0.0", V4_BITS + 4, NEVER }, /* multicast */
	{ "::ffff:240.0.0.0", V4_BITS + 4, NEVER },
	{ "::ffff:0.0.0.0", V4_BITS, PUBLIC },
	{ "::1", 128, LOOPBACK },
	{ "fc00::", 7, PRIVATE },
	/* IPv6 that carries IPv4 leads where nobody has looked. */
	{ "2001::", 23, NEVER },
	{ "2001:db8::", 32, NEVER },
	{ "2002::", 16, NEVER },
	{ "3fff::", 20, NEVER },
	{ "2000::", 3, PUBLIC },
	/* All else is not given to hosts. */
	{ "::", 0, NEVER },
};

static bool has_front(const unsigned char *address, const unsigned char *front, int bits)
{
	int bytes = bits / 8;
	int mask = 0xFF00 >> bits % 8 & 0xFF;

	return memcmp(address, front, (size_t)bytes) == 0 &&
	       (mask == 0 || (address[bytes] & mask) == (front[bytes] & mask));
}

static enum kind kind_of(const unsigned char address[ADDRESS_BYTES])
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		unsigned char first[ADDRESS_BYTES];

		if (inet_pton(AF_INET6, ranges[i].first, first) == 1 &&
		    has_front(address, first, ranges[i].bits))
			return ranges[i].kind;
	}
	return NEVER;
}

static bool take_address(const struct sockaddr *from, size_t size, unsigned char to[ADDRESS_BYTES])
{
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (from->sa_family == AF_INET && size >= sizeof(v4)) {
		memcpy(&v4, from, sizeof(v4));
		memcpy(to, mapped, sizeof(mapped));
		memcpy(to + sizeof(mapped), &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family == AF_INET6 && size >= sizeof(v6)) {
		memcpy(&v6, from, sizeof(v6));
		memcpy(to, &v6.sin6_addr, ADDRESS_BYTES);
		return true;
	}
	return false;
}

/* A name never has digits and dots alone: hr_web_origin_parse lets no such through. */
static bool is_numbers(hr_str host)
{
	if (host.len && host.data[0] == '[')
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (host.data[i] != '.' && (host.data[i] < '0' || host.data[i] > '9'))
			return false;
	return true;
}

bool hr_fetch_may_connect(const hr_web_origin *origin, bool private_allowed,
			  const struct sockaddr *address, size_t size)
{
	unsigned char bytes[ADDRESS_BYTES];
	enum kind kind;

	if (!take_address(address, size, bytes))
		return false;
	kind = kind_of(bytes);
	if (origin->is_plain)
		return kind == LOOPBACK;
	if (is_numbers(origin->host))
		return true;
	return kind == PUBLIC || (kind == PRIVATE && private_allowed);
}
