/* The table of settings. A new setting is a row here and a field of hr_config. */
#include "service/config.h"

#define TEXT(field, key, variable, argument, fallback, users, help)                                \
	{                                                                                          \
		HR_STR_INIT(key), variable, HR_CONFIG_TEXT, offsetof(hr_config, field), argument,  \
			0, 0, fallback, users, help                                                \
	}
#define CHOICE(field, key, variable, choices, users, help)                                         \
	{                                                                                          \
		HR_STR_INIT(key), variable, HR_CONFIG_CHOICE, offsetof(hr_config, field), choices, \
			0, 0, NULL, users, help                                                    \
	}
#define NUMBER(field, key, variable, argument, min, max, fallback, users, help)                    \
	{                                                                                          \
		HR_STR_INIT(key), variable, HR_CONFIG_NUMBER, offsetof(hr_config, field),          \
			argument, min, max, fallback, users, help                                  \
	}
#define YES_NO(field, key, variable, fallback, users, help)                                        \
	{                                                                                          \
		HR_STR_INIT(key), variable, HR_CONFIG_YES_NO, offsetof(hr_config, field),          \
			"yes|no", 0, 0, fallback, users, help                                      \
	}

/* Who opens a data folder. */
#define OF_DATA                                                                                    \
	"verify, serve, film, share, settle file, settle record, settle reverse, settle ledger, "  \
	"settle resettle"

const hr_config_row hr_config_rows[] = {
	TEXT(registry, "registry", "HUREN_REGISTRY", "REPO", NULL,
	     "verify, film show, serve, settle", "the catalogue's git registry"),
	TEXT(local, "local", "HUREN_LOCAL", "DIR", NULL, "verify, serve",
	     "this hospital's own windows and code map"),
	TEXT(receiver, "receiver", "HUREN_RECEIVER", "USCC", NULL, "verify, serve",
	     "the receiving institution, when a question names none"),
	CHOICE(lang, "lang", "HUREN_LANG", "zh|en", "verify, registry diff, serve, settle",
	       "the language of answers, when a question names none; without it: zh"),
	TEXT(author, "author", "HUREN_AUTHOR", "NAME", NULL, "registry publish",
	     "who publishes: \"Name <mail>\""),
	TEXT(listen, "listen", "HUREN_LISTEN", "ADDRESS", "127.0.0.1:8080", "serve",
	     "where it listens; port 0: any free one; a socket of systemd goes before it"),
	TEXT(mllp, "mllp", "HUREN_MLLP", "ADDRESS", NULL, "serve",
	     "where it takes HL7 v2 over MLLP: 127.0.0.1:2575; without it: nowhere"),
	TEXT(data, "data", "HUREN_DATA", "DIR", NULL, OF_DATA,
	     "the folder of what is kept: films, filings, settlements, the node's key; without it: "
	     "none"),
	TEXT(store, "store", "HUREN_STORE", "URL", NULL, OF_DATA,
	     "its database elsewhere: postgresql://...; without it: in the data folder"),
	TEXT(objects, "objects", "HUREN_OBJECTS", "URL", NULL, OF_DATA,
	     "the bytes of films elsewhere; without it: in the data folder"),
	TEXT(dicom, "dicom", "HUREN_DICOM", "ADDRESS", NULL, "serve",
	     "where it takes films over DICOM (C-STORE): 127.0.0.1:11112; without it: nowhere"),
	TEXT(aet, "aet", "HUREN_AET", "AE", "HUREN", "serve", "the AE title by which it is called"),
	TEXT(dicom_allow, "dicom-allow", "HUREN_DICOM_ALLOW", "AE@ADDRESS,...", NULL, "serve",
	     "who may call, each from his address or, without one, from any; without it: all"),
	TEXT(dicom_peer, "dicom-peer", "HUREN_DICOM_PEER", "AE=HOST:PORT,...", NULL, "serve",
	     "where a commitment is reported when its association has ended before"),
	TEXT(dicom_institution, "dicom-institution", "HUREN_DICOM_INSTITUTION", "AE=USCC,...", NULL,
	     "serve", "who gives the PatientIDs that an AE sends; a USCC alone is for all others"),
	TEXT(public_url, "public-url", "HUREN_PUBLIC_URL", "URL", NULL,
	     "serve, film manifest, share create",
	     "the address under which others reach the service: https://film.example.cn"),
	TEXT(retrieve_origins, "retrieve-origin", "HUREN_RETRIEVE_ORIGIN", "ORIGIN", NULL,
	     "serve, film, share",
	     "where films are fetched from that others keep: https://pacs.example, several parted "
	     "by blanks"),
	YES_NO(retrieve_private, "retrieve-private", "HUREN_RETRIEVE_PRIVATE", "no", "serve",
	       "the names of retrieve-origin may lead into a private network"),
	NUMBER(retrieve_seconds, "retrieve-seconds", "HUREN_RETRIEVE_SECONDS", "N", 1, 3600, "60",
	       "serve", "until what one request fetches from there must be here"),
	TEXT(state, "state", "HUREN_STATE", "DIR", NULL, "serve, access, backup, restore",
	     "the folder for what the service keeps: the tokens"),
	TEXT(log, "log", "HUREN_LOG", "FILE", NULL, "serve, access, backup",
	     "lines of JSON, appended; without it: standard error"),
	NUMBER(threads, "threads", "HUREN_THREADS", "N", 0, 64, "0", "serve",
	       "threads that answer; 0: one a processor"),
	NUMBER(connections, "connections", "HUREN_CONNECTIONS", "N", 1, 100000, "900", "serve",
	       "connections open at once"),
	NUMBER(connections_per_client, "connections-per-client", "HUREN_CONNECTIONS_PER_CLIENT",
	       "N", 1, 100000, "100", "serve", "of them, from one address"),
	NUMBER(requests_per_second, "requests-per-second", "HUREN_REQUESTS_PER_SECOND", "N", 0,
	       1000000, "0", "serve",
	       "answered to one client, told by its token or else its address; 0: no limit"),
	NUMBER(body_bytes, "body-bytes", "HUREN_BODY_BYTES", "N", 1024, 64 << 20, "67108864",
	       "serve", "of one request's body, where its route does not take less"),
	NUMBER(head_seconds, "head-seconds", "HUREN_HEAD_SECONDS", "N", 1, 3600, "10", "serve",
	       "until the head of a request must be here"),
	NUMBER(body_seconds, "body-seconds", "HUREN_BODY_SECONDS", "N", 1, 3600, "10", "serve",
	       "until a body of 1 MiB must be here; a larger one in proportion"),
	NUMBER(mllp_connections, "mllp-connections", "HUREN_MLLP_CONNECTIONS", "N", 1, 10000, "64",
	       "serve", "of MLLP, open at once"),
	NUMBER(mllp_idle_seconds, "mllp-idle-seconds", "HUREN_MLLP_IDLE_SECONDS", "N", 1, 604800,
	       "3600", "serve", "without a message, until a connection of MLLP is closed"),
	NUMBER(mllp_message_seconds, "mllp-message-seconds", "HUREN_MLLP_MESSAGE_SECONDS", "N", 1,
	       3600, "30", "serve",
	       "until a message that has begun must be here, and its answer must be taken"),
	NUMBER(dicom_associations, "dicom-associations", "HUREN_DICOM_ASSOCIATIONS", "N", 1, 256,
	       "32", "serve", "of DICOM, open at once"),
	NUMBER(dicom_idle_seconds, "dicom-idle-seconds", "HUREN_DICOM_IDLE_SECONDS", "N", 1, 86400,
	       "300", "serve", "without a message, until an association is ended"),
	NUMBER(dicom_message_seconds, "dicom-message-seconds", "HUREN_DICOM_MESSAGE_SECONDS", "N",
	       1, 3600, "60", "serve",
	       "without a byte of a message that has begun, until an association is ended"),
	NUMBER(drain_seconds, "drain-seconds", "HUREN_DRAIN_SECONDS", "N", 0, 3600, "30", "serve",
	       "after TERM, for the answers that are still due"),
	TEXT(trusted_proxies, "trusted-proxy", "HUREN_TRUSTED_PROXY", "ADDRESS", NULL, "serve",
	     "your proxy in front, that has TLS: 10.0.0.5 or 10.0.0.0/24, several parted by "
	     "blanks; of no other connection X-Forwarded-For or Forwarded is believed"),
	CHOICE(access, "access", "HUREN_ACCESS", "open|tokens", "serve",
	       "to films; open: without a token, for the machine itself alone; without it: tokens"),
	TEXT(cors_origins, "cors-origin", "HUREN_CORS_ORIGIN", "ORIGIN", NULL, "serve",
	     "whose pages may read films: https://viewer.example, several parted by blanks"),
	TEXT(viewer, "viewer", "HUREN_VIEWER", "DIR", NULL, "serve",
	     "the folder that tools/viewer has made: a viewer for films, at /viewer"),
	TEXT(desk_networks, "desk-networks", "HUREN_DESK_NETWORKS", "USCC=NETWORK,...", NULL,
	     "serve",
	     "whose desks ask, by their addresses: 121100004000000014=10.0.0.0/8; a pick-up code "
	     "opens there alone"),
	NUMBER(share_tries, "share-tries", "HUREN_SHARE_TRIES", "N", 0, 100000, "30", "serve",
	       "to open a link, from one address in a minute, that open nothing; 0: no limit"),
	NUMBER(code_tries, "code-tries", "HUREN_CODE_TRIES", "N", 0, 10000, "10", "serve",
	       "to open a pick-up code, from one address in ten minutes, that open nothing; ten "
	       "times as many from all desks of a hospital; 0: no limit"),
	TEXT(tls_certificate, "tls-certificate", "HUREN_TLS_CERTIFICATE", "FILE", NULL, "serve",
	     "PEM, with the chain; without it: no TLS"),
	TEXT(tls_key, "tls-key", "HUREN_TLS_KEY", "FILE", NULL, "serve", "its private key, PEM"),
	NUMBER(min_free_bytes, "min-free-bytes", "HUREN_MIN_FREE_BYTES", "N", 0, INT64_MAX,
	       "67108864", "serve, access, backup, restore",
	       "what must stay free beside the state and the log; with less, nothing is written"),
};
const size_t hr_config_row_count = sizeof(hr_config_rows) / sizeof(hr_config_rows[0]);
_Static_assert(sizeof(hr_config_rows) / sizeof(hr_config_rows[0]) <= HR_CONFIG_ROWS_MAX,
	       "each has a place");

const hr_config_row *hr_config_find(hr_str key)
{
	for (size_t i = 0; i < hr_config_row_count; i++)
		if (hr_str_equal(hr_config_rows[i].key, key))
			return &hr_config_rows[i];
	return NULL;
}

bool hr_config_is_for(const hr_config_row *setting, hr_str command)
{
	hr_str users = hr_str_of(setting->users);

	while (users.len) {
		size_t end = hr_str_find(users, HR_STR(","));
		hr_str user = hr_str_trim(hr_str_slice(users, 0, end));

		users = hr_str_slice(users, end + 1, users.len);
		if (hr_str_starts_with(command, user) &&
		    (command.len == user.len || command.data[user.len] == ' '))
			return true;
	}
	return false;
}

static void add_sentence(hr_buf *out, const hr_config_row *setting)
{
	hr_buf_addf(out, "# %c%s.",
		    setting->help[0] >= 'a' ? setting->help[0] - 32 : setting->help[0],
		    setting->help + 1);
	if (setting->kind == HR_CONFIG_NUMBER && setting->max == INT64_MAX)
		hr_buf_addf(out, " From %lld.", (long long)setting->min);
	else if (setting->kind == HR_CONFIG_NUMBER)
		hr_buf_addf(out, " %lld to %lld.", (long long)setting->min,
			    (long long)setting->max);
	HR_BUF_ADD(out, "\n");
}

void hr_config_format_sample(hr_buf *out)
{
	HR_BUF_ADD(
		out,
		"# The settings of huren: `key = value` a line. This file is looked for at\n"
		"# $HUREN_CONFIG, ~/.config/huren/huren.conf and /etc/huren/huren.conf.\n"
		"# Each may be given in the environment, too, which goes before this file, and\n"
		"# as a flag of the commands that are named, which goes before both:\n"
		"#	threads = 2	HUREN_THREADS=2	--threads 2\n"
		"# None of them is a secret. `huren serve --check-config` tells what is set, and\n"
		"# where.\n");
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const hr_config_row *setting = &hr_config_rows[i];

		HR_BUF_ADD(out, "\n");
		add_sentence(out, setting);
		hr_buf_addf(out, "# For: %s. $%s\n#%.*s = %s\n", setting->users, setting->variable,
			    HR_STR_ARG(setting->key),
			    setting->fallback ? setting->fallback : setting->argument);
	}
}
