#include "tools/cli_filings.h"

#include "tools/cli_documents.h"
#include "tools/cli_films.h"

bool hr_cli_filings_list(hr_cli *cli, const hr_filing_whose *whose, hr_str reason,
			 hr_filing_list *out, hr_str *answer)
{
	hr_str words[HR_FILINGS_WORDS];

	hr_filings_words(whose, reason, words);
	return hr_cli_films_ask_once(cli, HR_ACT_FILINGS, words, HR_FILINGS_WORDS, -1, answer) &&
	       hr_filings_read(*answer, cli->arena, out, &cli->err);
}

bool hr_cli_filings_put(hr_cli *cli, const hr_filing_whose *whose, hr_str reason,
			const hr_filing_put *put, hr_str *id)
{
	hr_str words[HR_FILE_WORDS];
	const hr_json *node;
	hr_str answer;

	if (!hr_file_words(whose, reason, put, cli->arena, words, &cli->err) ||
	    !hr_cli_films_ask_once(cli, HR_ACT_FILE, words, HR_FILE_WORDS, -1, &answer) ||
	    !hr_cli_parse_json(cli, answer, &node))
		return false;
	*id = hr_json_path_text(node, HR_STR("id"));
	return true;
}
