#include "store/audit.h"

#include <inttypes.h>

enum { TEXT_BYTES_MAX = 1000, SEALED_BYTES = 5000, BLANKS_MAX = 1000 };

static const char *const steps[] = {
	"CREATE TABLE audit (number BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, actor TEXT "
	"NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, patient BYTEA, reason TEXT NOT "
	"NULL, seal BYTEA NOT NULL);"
	"CREATE INDEX audit_patient ON audit (patient, at);"
	"CREATE INDEX audit_object ON audit (object)",

	/* Of the same form, so that a row of the one costs what one of the other does. */
	"CREATE TABLE audit_blank (number BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, actor "
	"TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, patient BYTEA, reason TEXT NOT "
	"NULL, seal BYTEA NOT NULL);"
	"CREATE INDEX audit_blank_patient ON audit_blank (patient, at);"
	"CREATE INDEX audit_blank_object ON audit_blank (object)",
};
const hr_room hr_audit_room = { .name = "audit", .steps = steps, .step_count = 2 };

/* Where rows are written. */
struct chain {
	hr_sql find_last;
	hr_sql add;
};

#define CHAIN(table)                                                                               \
	{                                                                                          \
		HR_SQL("SELECT number, seal FROM " table " ORDER BY number DESC LIMIT 1", ""),     \
			HR_SQL("INSERT INTO " table " (number, at, actor, action, object, "        \
			       "patient, reason, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",   \
			       "iitttbtb"),                                                        \
	}

static const struct chain kept = CHAIN("audit");
static const struct chain blank = CHAIN("audit_blank");
static const hr_sql empty_blank = HR_SQL("DELETE FROM audit_blank", "");

#define LIST(which, order)                                                                         \
	"SELECT at, actor, action, object, reason FROM audit WHERE " which " AND (action >= $2 "   \
	"AND action < $3 OR action >= $4 AND action < $5) ORDER BY " order " LIMIT $6"

static const hr_sql list_of_object = HR_SQL(LIST("object = $1", "number DESC"), "ttttti");
static const hr_sql list_of_patient =
	HR_SQL(LIST("patient = $1", "at DESC, number DESC"), "btttti");

static const hr_sql list_all =
	HR_SQL("SELECT number, at, actor, action, object, patient, reason, seal FROM audit ORDER "
	       "BY number",
	       "");

/* Where the chain is: the number of the newest row, and its seal; zeros before the first. */
struct link {
	int64_t number;
	hr_digest seal;
};

static hr_str bytes_of(const hr_digest *digest)
{
	return (hr_str){ (const char *)digest->bytes, sizeof(digest->bytes) };
}

static void copy_digest(hr_str bytes, hr_digest *out)
{
	memset(out, 0, sizeof(*out));
	if (bytes.len == sizeof(out->bytes))
		memcpy(out->bytes, bytes.data, bytes.len);
}

static void add_sealed(hr_buf *buf, hr_str part)
{
	hr_buf_addf(buf, "%zu:", part.len);
	hr_buf_add(buf, part);
}

/* The seal of the row after `last`. */
static bool seal(const hr_node_key *node, const struct link *last, const hr_audit_entry *entry,
		 struct link *out, hr_error *err)
{
	hr_str key = { (const char *)node->secret.bytes, sizeof(node->secret.bytes) };
	struct link next = { .number = last->number + 1 };
	char bytes[SEALED_BYTES];
	hr_buf buf;

	hr_buf_init_over(&buf, bytes, sizeof(bytes));
	hr_buf_addf(&buf, "huren audit %" PRId64 " %" PRId64 " ", next.number, entry->at.second);
	add_sealed(&buf, bytes_of(&last->seal));
	add_sealed(&buf, entry->actor);
	add_sealed(&buf, entry->action);
	add_sealed(&buf, entry->object);
	add_sealed(&buf, entry->patient ? bytes_of(&entry->patient->digest) : HR_STR_NONE);
	add_sealed(&buf, entry->reason);
	if (buf.failed)
		return hr_fail(err, HR_E_LIMIT, "audit row %" PRId64 " is too long", next.number);
	if (!hr_hmac_sha256(key, hr_buf_str(&buf), &next.seal, err))
		return false;
	*out = next;
	return true;
}

static bool find_link(hr_tx *tx, const struct chain *chain, struct link *out, hr_error *err)
{
	hr_rows rows;

	memset(out, 0, sizeof(*out));
	if (!hr_tx_select(tx, &chain->find_last, HR_NO_VALUES, 1, &rows, err))
		return false;
	while (hr_rows_next(&rows)) {
		out->number = hr_rows_int(&rows, 0);
		copy_digest(hr_rows_bytes(&rows, 1), &out->seal);
	}
	return hr_rows_end(&rows, err);
}

static bool check_texts(const hr_audit_entry *entry, hr_error *err)
{
	const hr_str texts[] = { entry->actor, entry->action, entry->object, entry->reason };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].len > TEXT_BYTES_MAX)
			return hr_fail(err, HR_E_LIMIT, "a text for the audit has over %d bytes",
				       TEXT_BYTES_MAX);
	return true;
}

static bool add_row(hr_tx *tx, const struct chain *chain, const hr_node_key *node,
		    const hr_audit_entry *entry, int64_t *number, hr_error *err)
{
	struct link last;
	struct link next;

	if (!check_texts(entry, err) || !find_link(tx, chain, &last, err) ||
	    !seal(node, &last, entry, &next, err))
		return false;
	*number = next.number;
	return hr_tx_run(tx, &chain->add,
			 HR_VALUES(hr_sql_int(next.number), hr_sql_int(entry->at.second),
				   hr_sql_text(entry->actor), hr_sql_text(entry->action),
				   hr_sql_text(entry->object),
				   entry->patient ? hr_sql_bytes(bytes_of(&entry->patient->digest))
						  : hr_sql_null(),
				   hr_sql_text(entry->reason), hr_sql_bytes(bytes_of(&next.seal))),
			 err);
}

bool hr_audit_add(hr_tx *tx, const hr_node_key *node, const hr_audit_entry *entry, hr_error *err)
{
	int64_t number;

	return add_row(tx, &kept, node, entry, &number, err);
}

bool hr_audit_add_blank(hr_tx *tx, const hr_node_key *node, const hr_audit_entry *entry,
			hr_error *err)
{
	int64_t number = 0;

	if (!add_row(tx, &blank, node, entry, &number, err))
		return false;
	return number < BLANKS_MAX || hr_tx_run(tx, &empty_blank, HR_NO_VALUES, err);
}

/* --- reading --- */

/* The first text behind all that begin with `prefix`, which ends in an ASCII letter or sign. */
static hr_str end_of(hr_str prefix, char out[TEXT_BYTES_MAX])
{
	if (prefix.len == 0 || prefix.len > TEXT_BYTES_MAX)
		return HR_STR_NONE;
	memcpy(out, prefix.data, prefix.len);
	out[prefix.len - 1]++;
	return (hr_str){ out, prefix.len };
}

static bool visit_rows(hr_rows *rows, hr_audit_visit *visit, void *context, hr_error *err)
{
	while (hr_rows_next(rows)) {
		const hr_audit_row row = {
			.at = { hr_rows_int(rows, 0) },
			.actor = hr_rows_text(rows, 1),
			.action = hr_rows_text(rows, 2),
			.object = hr_rows_text(rows, 3),
			.reason = hr_rows_text(rows, 4),
		};

		if (!visit(context, &row, err))
			return false;
	}
	return hr_rows_end(rows, err);
}

bool hr_audit_list(hr_tx *tx, const hr_audit_query *query, hr_audit_visit *visit, void *context,
		   hr_error *err)
{
	char ends[2][TEXT_BYTES_MAX];
	const bool is_object = query->object.len > 0;
	hr_rows rows;

	if (!is_object && !query->patient)
		return hr_fail(err, HR_E_USAGE, "whose audit is to be read was not said");
	return hr_tx_select(tx, is_object ? &list_of_object : &list_of_patient,
			    HR_VALUES(is_object ? hr_sql_text(query->object)
						: hr_sql_bytes(bytes_of(&query->patient->digest)),
				      hr_sql_text(query->actions[0]),
				      hr_sql_text(end_of(query->actions[0], ends[0])),
				      hr_sql_text(query->actions[1]),
				      hr_sql_text(end_of(query->actions[1], ends[1])),
				      hr_sql_int((int64_t)query->limit)),
			    query->limit, &rows, err) &&
	       visit_rows(&rows, visit, context, err);
}

/* --- holding it against itself --- */

/* The row that `rows` stands on is what follows `*last`, which becomes it. */
static bool check_row(hr_rows *rows, const hr_node_key *node, struct link *last, hr_error *err)
{
	int64_t number = hr_rows_int(rows, 0);
	hr_patient_key patient;
	hr_audit_entry entry = { .at = { hr_rows_int(rows, 1) },
				 .actor = hr_rows_text(rows, 2),
				 .action = hr_rows_text(rows, 3),
				 .object = hr_rows_text(rows, 4),
				 .reason = hr_rows_text(rows, 6) };
	hr_digest written;
	struct link next;

	if (!hr_rows_is_null(rows, 5)) {
		copy_digest(hr_rows_bytes(rows, 5), &patient.digest);
		entry.patient = &patient;
	}
	copy_digest(hr_rows_bytes(rows, 7), &written);
	if (!seal(node, last, &entry, &next, err))
		return false;
	if (number != next.number || !hr_digest_equal(&written, &next.seal))
		return hr_fail(err, HR_E_IO, "row %" PRId64 " of the audit is not what was written",
			       next.number);
	*last = next;
	return true;
}

bool hr_audit_check(hr_tx *tx, const hr_node_key *node, int64_t *count, hr_error *err)
{
	struct link last = { .number = 0 };
	hr_rows rows;

	if (!hr_tx_select(tx, &list_all, HR_NO_VALUES, SIZE_MAX, &rows, err))
		return false;
	while (hr_rows_next(&rows))
		if (!check_row(&rows, node, &last, err))
			return false;
	if (!hr_rows_end(&rows, err))
		return false;
	*count = last.number;
	return true;
}
