/* The book of filings in a data folder, as the commands come to it. */
#pragma once

#include "service/filing_acts.h"
#include "tools/cli.h"

/* What is kept of the person, and the answer as it came. On failure cli->err. */
bool hr_cli_filings_list(hr_cli *cli, const hr_filing_whose *whose, hr_str reason,
			 hr_filing_list *out, hr_str *answer);

/* One act; the id of the filing that it is about. On failure cli->err. */
bool hr_cli_filings_put(hr_cli *cli, const hr_filing_whose *whose, hr_str reason,
			const hr_filing_put *put, hr_str *id);
