#include "service/share_secret.h"

#include <errno.h>
#include <sys/random.h>

enum { CODE_DIGITS = HR_PICKUP_TEXT - 1, CODES = 100000000 };

bool hr_pickup_is_code(hr_str text)
{
	bool ok = text.len == CODE_DIGITS;

	for (size_t i = 0; ok && i < text.len; i++)
		ok = text.data[i] >= '0' && text.data[i] <= '9';
	return ok;
}

bool hr_pickup_draw(char out[HR_PICKUP_TEXT], hr_error *err)
{
	/* Above it some codes would come more often than others. */
	const uint32_t fair = UINT32_MAX / CODES * CODES;
	uint32_t drawn;

	do
		if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
			return hr_fail_errno(err, errno, "draw", "random numbers");
	while (drawn >= fair);
	for (size_t i = CODE_DIGITS; i > 0; i--, drawn /= 10)
		out[i - 1] = (char)('0' + drawn % 10);
	out[CODE_DIGITS] = '\0';
	return true;
}

/* HMAC of `word` and `rest` under the node's secret: each word makes a function of its own. */
static bool digest_under_node(const hr_node_key *node, const char *word, hr_str rest,
			      hr_digest *out, hr_error *err)
{
	const hr_str key = { (const char *)node->secret.bytes, sizeof(node->secret.bytes) };
	char bytes[100];
	hr_buf buf;

	hr_buf_init_over(&buf, bytes, sizeof(bytes));
	hr_buf_addf(&buf, "huren share %s ", word);
	hr_buf_add(&buf, rest);
	return buf.failed ? hr_fail_memory(err) : hr_hmac_sha256(key, hr_buf_str(&buf), out, err);
}

bool hr_share_digest(const hr_node_key *node, hr_str secret, hr_digest *out, hr_error *err)
{
	return hr_pickup_is_code(secret) ? digest_under_node(node, "code", secret, out, err)
					 : hr_sha256(secret, out, err);
}

bool hr_share_passcode(hr_kdf_gate *gate, const hr_node_key *node, const hr_digest *share,
		       hr_str passcode, hr_digest *out, hr_error *err)
{
	const hr_str of = { (const char *)share->bytes, sizeof(share->bytes) };
	hr_digest salt;

	return digest_under_node(node, "passcode", of, &salt, err) &&
	       hr_kdf_gate_run(gate, passcode, &salt, out, err);
}
