/* huren film: what is done to a film after it came. */
#include "tools/cli_films.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct values {
	const char *days;
	const char *reason;
	const char *institution;
	const char *legal_ground;
	const char *keep_days;
	bool hold;
	bool withdraw;
	bool deep;
	bool repair;
};

#define REASON_OPTION                                                                              \
	HR_CLI_OPTION("reason", HR_CLI_TEXT, reason, "TEXT", "why; kept with who and when")

static int ask_and_print(hr_cli *cli, hr_film_act act, const hr_str *words, size_t count, int fd)
{
	hr_str answer;

	if (!hr_cli_films_ask_once(cli, act, words, count, fd, &answer))
		return HR_CLI_FAILED;
	return answer.len ? hr_cli_films_print(cli, answer) : 0;
}

/* --- unmatched --- */

static int run_unmatched(hr_cli *cli)
{
	return ask_and_print(cli, HR_ACT_UNMATCHED, NULL, 0, -1);
}

const hr_cli_command hr_cli_film_unmatched = {
	.name = "film unmatched",
	.usage = "",
	.summary = "The work list: studies whose person is not known, newest first, as JSON.",
	.takes_settings = true,
	.run = run_unmatched,
};

/* --- release --- */

static const hr_cli_option release_options[] = {
	HR_CLI_OPTION("hold", HR_CLI_FLAG, hold, NULL, "back to where it was when it came"),
	REASON_OPTION,
	HR_CLI_OPTION("withdraw", HR_CLI_FLAG, withdraw, NULL, "nobody is to see it by a share"),
};

static int run_release(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0),
				 v->withdraw ? HR_STR("withdrawn")
				 : v->hold   ? HR_STR("held")
					     : HR_STR("published"),
				 hr_str_of(v->reason) };

	return ask_and_print(cli, HR_ACT_STATE, words, 3, -1);
}

const hr_cli_command hr_cli_film_release = {
	.name = "film release",
	.usage = "--reason TEXT STUDY",
	.summary = "Let the patient see a study from now on; or take that back.",
	HR_CLI_OPTIONS(release_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_release,
};

/* --- match, correct --- */

static int ask_with_file(hr_cli *cli, hr_film_act act, const hr_str *words, const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0) {
		hr_fail_errno(&cli->err, errno, "open", path);
		return HR_CLI_FAILED;
	}
	cli->input = path;
	code = ask_and_print(cli, act, words, 2, fd);
	close(fd);
	return code;
}

static const hr_cli_option match_options[] = {
	HR_CLI_OPTION("institution", HR_CLI_TEXT, institution, "USCC",
		      "whose patient numbers they are, where the feed does not say"),
	REASON_OPTION,
};

static int run_match(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_str_of(v->institution), hr_str_of(v->reason) };

	return ask_with_file(cli, HR_ACT_MATCH, words, cli->words.items[0]);
}

const hr_cli_command hr_cli_film_match = {
	.name = "film match",
	.usage = "--reason TEXT FEED",
	.summary = "Say whose films they are, by an identity feed: HL7 v2 (ADT, ORM, OMI) or CSV.",
	.notes =
		"It holds for films that are here and for those that come. What the feed does not\n"
		"say is never guessed: 'huren film unmatched' lists what is left. Lines that name\n"
		"another person than before are told under \"conflicts\" and change nothing.\n",
	HR_CLI_OPTIONS(match_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_match,
};

static const hr_cli_option correct_options[] = { REASON_OPTION };

static int run_correct(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0), hr_str_of(v->reason) };

	return ask_with_file(cli, HR_ACT_CORRECT, words, cli->words.items[1]);
}

const hr_cli_command hr_cli_film_correct = {
	.name = "film correct",
	.usage = "--reason TEXT STUDY PERSON",
	.summary = "Give a study to the right person; its shares end.",
	.notes = "PERSON is a file, because a command line is seen by others: an identity feed of\n"
		 "one row, with the number of his identity card or another paper of his own.\n",
	HR_CLI_OPTIONS(correct_options),
	.takes_settings = true,
	.words_min = 2,
	.words_max = 2,
	.run = run_correct,
};

/* --- claim --- */

static const hr_cli_option claim_options[] = {
	HR_CLI_OPTION("days", HR_CLI_TEXT, days, "N", "how long it is valid (30)"),
};

static int run_claim(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0), hr_str_of(v->days) };

	return ask_with_file(cli, HR_ACT_CLAIM, words, cli->words.items[1]);
}

const hr_cli_command hr_cli_film_claim = {
	.name = "film claim",
	.usage = "STUDY PERSON",
	.summary = "Make the code for the slip, by which the patient sees his films.",
	.notes = "He gives the code, the last six characters of his number, and his name. PERSON\n"
		 "is a file as of 'film correct'; without a name there it is that of the film. A\n"
		 "code is told this once, and ends the study's earlier one.\n",
	HR_CLI_OPTIONS(claim_options),
	.takes_settings = true,
	.words_min = 2,
	.words_max = 2,
	.run = run_claim,
};

/* --- remove --- */

static const hr_cli_option remove_options[] = {
	HR_CLI_OPTION(
		"keep-days", HR_CLI_TEXT, keep_days, "N",
		"how long your rules have films kept; without it: nobody has said, so always"),
	HR_CLI_OPTION("legal-ground", HR_CLI_TEXT, legal_ground, "TEXT",
		      "what allows it before that time is over"),
	REASON_OPTION,
};

static int run_remove(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { hr_cli_word(cli, 0), hr_str_of(v->reason),
				 hr_str_of(v->legal_ground), hr_str_of(v->keep_days) };

	return ask_and_print(cli, HR_ACT_REMOVE, words, 4, -1);
}

const hr_cli_command hr_cli_film_remove = {
	.name = "film remove",
	.usage = "--reason TEXT STUDY",
	.summary = "Take a study out, with its bytes. What was done, and why, stays.",
	HR_CLI_OPTIONS(remove_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_remove,
};

/* --- fsck --- */

static const hr_cli_option fsck_options[] = {
	HR_CLI_OPTION("deep", HR_CLI_FLAG, deep, NULL,
		      "read all bytes, and hold them to their digests"),
	HR_CLI_OPTION("repair", HR_CLI_FLAG, repair, NULL,
		      "remove bytes that nothing knows; not beside a running service"),
};

static int run_fsck(hr_cli *cli)
{
	const struct values *v = cli->values;
	const hr_str words[] = { v->deep ? HR_STR("deep") : HR_STR_NONE,
				 v->repair ? HR_STR("repair") : HR_STR_NONE };
	hr_str answer;
	int code;

	if (!hr_cli_films_ask_once(cli, HR_ACT_CHECK, words, 2, -1, &answer))
		return HR_CLI_FAILED;
	code = hr_cli_films_print(cli, answer);
	if (code != 0 || hr_str_starts_with(answer, HR_STR("{\"faults\":[]")))
		return code;
	fputs(hr_cli_is_english(cli) ? "huren: bytes that the index knows are missing or damaged\n"
				     : "huren: 索引中的部分影像缺失或损坏\n",
	      stderr);
	return hr_error_exit(HR_E_IO);
}

const hr_cli_command hr_cli_film_fsck = {
	.name = "film fsck",
	.usage = "",
	.summary = "Compare index and bytes: what is missing, damaged, or left behind by a crash.",
	.notes = "Exit 7 when something that the index knows is missing or damaged.\n",
	HR_CLI_OPTIONS(fsck_options),
	.takes_settings = true,
	.run = run_fsck,
};
