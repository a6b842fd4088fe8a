/* huren registry: versions of the catalogue in git. */
#include "tools/cli.h"

#include "registry/diff.h"
#include "registry/registry.h"

#include <stdlib.h>

enum { LOG_MAX = 10000 };

struct values {
	const char *message, *expect, *limit;
	bool json; /* diff */
};

static void registry_close(void *registry)
{
	hr_registry_close(registry);
}

/* The registry of the first word, closed with the command. */
static hr_registry *open_registry(hr_cli *cli)
{
	hr_registry *registry;

	if (!hr_registry_open(cli->words.items[0], &registry, &cli->err) ||
	    !hr_arena_on_reset(cli->arena, registry_close, registry, &cli->err))
		return NULL;
	return registry;
}

static int run_init(hr_cli *cli)
{
	const char *path = cli->words.items[0];

	if (!hr_registry_init(path, &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "empty registry at %s\n", path);
	return 0;
}

static const char *author_of(const hr_cli *cli)
{
	return cli->config.author ? cli->config.author : "huren <huren@localhost>";
}

static void tell_issues(hr_cli *cli, const hr_issues *issues)
{
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	hr_cli_format_issues(issues, &buf);
	fprintf(stderr, "%.*s", HR_STR_ARG(hr_buf_str(&buf)));
}

static int run_publish(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_registry *registry = open_registry(cli);
	hr_issues issues = { .count = 0 };
	hr_fileset files;
	hr_version version;
	hr_publication publication = {
		.files = &files,
		.message = hr_str_of(v->message),
		.author = hr_str_of(author_of(cli)),
		.now = { hr_cli_now() },
		.expect = hr_str_of(v->expect),
	};
	bool ok;

	if (!v->message) {
		hr_fail(&cli->err, HR_E_USAGE, "publish wants -m TEXT: what changed, and why");
		return HR_CLI_FAILED;
	}
	if (!registry ||
	    !hr_catalog_read_folder(cli->words.items[1], cli->arena, &files, &cli->err))
		return HR_CLI_FAILED;
	ok = hr_registry_publish(registry, &publication, cli->arena, &issues, &version, &cli->err);
	tell_issues(cli, &issues);
	if (!ok)
		return HR_CLI_FAILED;
	fprintf(cli->out, "%s\n", version.id);
	return 0;
}

static void format_version(const hr_version *version, hr_buf *out)
{
	char time[HR_INSTANT_TEXT];
	size_t line_end = hr_str_find(version->message, HR_STR("\n"));

	hr_buf_add(out, (hr_str){ version->id, 12 });
	HR_BUF_ADD(out, "  ");
	hr_buf_add(out, hr_instant_format(version->time, time));
	HR_BUF_ADD(out, "  ");
	hr_buf_add(out, hr_str_slice(version->message, 0, line_end));
	HR_BUF_ADD(out, "  (");
	hr_buf_add(out, version->author);
	HR_BUF_ADD(out, ")\n");
}

static bool read_limit(const hr_cli *cli, size_t *out, hr_error *err)
{
	const struct values *v = cli->values;
	char *end;

	*out = LOG_MAX;
	if (!v->limit)
		return true;
	*out = strtoul(v->limit, &end, 10);
	if (*end || *out < 1 || *out > LOG_MAX)
		return hr_fail(err, HR_E_USAGE, "--limit wants a number from 1 to %d, not '%s'",
			       LOG_MAX, v->limit);
	return true;
}

static int run_log(hr_cli *cli)
{
	hr_registry *registry = open_registry(cli);
	hr_version *versions;
	size_t room;
	size_t count;
	hr_buf buf;

	if (!read_limit(cli, &room, &cli->err) || !registry)
		return HR_CLI_FAILED;
	versions = HR_NEW_N(cli->arena, hr_version, room);
	if (!versions) {
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	if (!hr_registry_log(registry, cli->arena, versions, room, &count, &cli->err))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	for (size_t i = 0; i < count; i++)
		format_version(&versions[i], &buf);
	return hr_cli_print_buf(cli, &buf, 0);
}

static bool load(hr_cli *cli, hr_registry *registry, hr_str rev, hr_catalog **out)
{
	return hr_registry_load(registry, rev, NULL, out, &cli->err) &&
	       hr_catalog_hang(*out, cli->arena, &cli->err);
}

static size_t count_grants(const hr_catalog *catalog)
{
	size_t count = 0;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		count += hr_catalog_grant_count(catalog, hr_catalog_get_regime(catalog, i));
	return count;
}

static int run_show(hr_cli *cli)
{
	hr_registry *registry = open_registry(cli);
	hr_str rev = hr_cli_word(cli, 1);
	hr_catalog *catalog;
	hr_version version;
	hr_buf buf;

	if (!registry || !hr_registry_resolve(registry, rev, cli->arena, &version, &cli->err) ||
	    !load(cli, registry, hr_str_of(version.id), &catalog))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	format_version(&version, &buf);
	hr_buf_addf(&buf,
		    "互认体系 regimes %zu  项目 items %zu  机构 institutions %zu  授权 grants %zu  "
		    "有效期 windows %zu\n",
		    hr_catalog_regime_count(catalog), hr_catalog_item_count(catalog),
		    hr_catalog_institution_count(catalog), count_grants(catalog),
		    hr_catalog_window_count(catalog));
	if (hr_catalog_has_synthetic(catalog))
		HR_BUF_ADD(&buf, "含示范数据, 非官方 (contains demonstration data)\n");
	return hr_cli_print_buf(cli, &buf, 0);
}

static int run_export(hr_cli *cli)
{
	hr_registry *registry = open_registry(cli);
	const char *path = cli->words.items[2];
	hr_version version;
	hr_fileset files;

	if (!registry ||
	    !hr_registry_resolve(registry, hr_cli_word(cli, 1), cli->arena, &version, &cli->err) ||
	    !hr_registry_read(registry, &version, cli->arena, &files, &cli->err) ||
	    !hr_fileset_write(path, &files, &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "%zu files of %.12s in %s\n", files.count, version.id, path);
	return 0;
}

static void format_changes(const hr_change *changes, size_t count, bool english, hr_buf *out)
{
	static const char *const signs[] = { "+", "-", "~" };

	for (size_t i = 0; i < count; i++) {
		hr_buf_addf(out, "%s ", signs[changes[i].kind]);
		hr_buf_add(out, english ? changes[i].text_en : changes[i].text);
		HR_BUF_ADD(out, "\n");
	}
	if (count == 0)
		hr_buf_add(out, english ? HR_STR("no change\n") : HR_STR("没有变化\n"));
}

static int run_diff(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_registry *registry = open_registry(cli);
	const hr_change *changes;
	hr_catalog *before;
	hr_catalog *after;
	size_t count;
	hr_buf buf;

	if (!registry || !load(cli, registry, hr_cli_word(cli, 1), &before) ||
	    !load(cli, registry, hr_cli_word(cli, 2), &after) ||
	    !hr_catalog_diff(before, after, cli->arena, &changes, &count, &cli->err))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, HR_CLI_ARENA_BYTES);
	if (v->json)
		hr_changes_format_json(before, after, changes, count, &buf);
	else
		format_changes(changes, count, hr_cli_is_english(cli), &buf);
	return hr_cli_print_buf(cli, &buf, 0);
}

static const hr_cli_option publish_options[] = {
	HR_CLI_OPTION("message", HR_CLI_TEXT, message, "TEXT",
		      "what changed, and why (also -m TEXT)"),
	HR_CLI_OPTION("expect", HR_CLI_TEXT, expect, "ID",
		      "refuse unless this version is the newest"),
};

static const hr_cli_option log_options[] = {
	HR_CLI_OPTION("limit", HR_CLI_TEXT, limit, "N", "at most so many, newest first"),
};

static const hr_cli_option diff_options[] = {
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON: each change, its members in both languages"),
};

static const char rev_notes[] =
	"REV is a commit, a tag, or @TIME: the newest version that was known then.\n";

const hr_cli_command hr_cli_registry_init = {
	.name = "registry init",
	.usage = "REPO",
	.summary = "Make an empty registry: a bare git repository.",
	.values_bytes = sizeof(struct values),
	.words_min = 1,
	.words_max = 1,
	.run = run_init,
};

const hr_cli_command hr_cli_registry_publish = {
	.name = "registry publish",
	.usage = "-m TEXT REPO DIR",
	.summary =
		"Check the catalogue in DIR and publish it as the newest version; prints its id.",
	.notes = "Exit: 0 published, 5 the catalogue has errors, 6 another was quicker.\n",
	HR_CLI_OPTIONS(publish_options),
	.takes_settings = true,
	.words_min = 2,
	.words_max = 2,
	.run = run_publish,
};

const hr_cli_command hr_cli_registry_log = {
	.name = "registry log",
	.usage = "REPO",
	.summary = "List the versions, newest first.",
	HR_CLI_OPTIONS(log_options),
	.words_min = 1,
	.words_max = 1,
	.run = run_log,
};

const hr_cli_command hr_cli_registry_show = {
	.name = "registry show",
	.usage = "REPO [REV]",
	.summary = "What a version holds.",
	.notes = rev_notes,
	.values_bytes = sizeof(struct values),
	.words_min = 1,
	.words_max = 2,
	.run = run_show,
};

const hr_cli_command hr_cli_registry_export = {
	.name = "registry export",
	.usage = "REPO REV DIR",
	.summary = "Write the files of a version into a new folder.",
	.notes = rev_notes,
	.values_bytes = sizeof(struct values),
	.words_min = 3,
	.words_max = 3,
	.run = run_export,
};

const hr_cli_command hr_cli_registry_diff = {
	.name = "registry diff",
	.usage = "REPO A B",
	.summary = "What changed from version A to version B, in words.",
	.notes = rev_notes,
	HR_CLI_OPTIONS(diff_options),
	.takes_settings = true,
	.words_min = 3,
	.words_max = 3,
	.run = run_diff,
};
