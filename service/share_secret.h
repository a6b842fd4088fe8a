/*
 * What opens a share: how it is drawn, and what is kept of it.
 *
 * A link's secret has 256 random bits: its SHA-256 is enough. A code has 8
 * digits, and who had stolen the table could try all of them: it is kept under
 * the node's secret, and so is a passcode, after scrypt.
 */
#pragma once

#include "base/crypto.h"
#include "service/kdf_gate.h"
#include "service/shares.h"

/* Eight digits, and no more. */
bool hr_pickup_is_code(hr_str text);

bool hr_pickup_draw(char out[HR_PICKUP_TEXT], hr_error *err);

/* Of whatever was sent: what it may be is not told apart before it is looked for. */
bool hr_share_digest(const hr_node_key *node, hr_str secret, hr_digest *out, hr_error *err);

/*
 * By scrypt, a tenth of a second and 32 MiB; two at a time in `gate`. HR_E_BUSY when
 * too many wait.
 */
bool hr_share_passcode(hr_kdf_gate *gate, const hr_node_key *node, const hr_digest *share,
		       hr_str passcode, hr_digest *out, hr_error *err);
