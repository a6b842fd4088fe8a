/* The book of settlements in a data folder, as the commands come to it. */
#pragma once

#include "service/settlement_acts.h"
#include "tools/cli_films.h"

typedef struct hr_cli_settlements {
	hr_cli_films films;
	int socket;
} hr_cli_settlements;

/* On failure cli->err. */
bool hr_cli_settlements_open(hr_cli *cli, hr_cli_settlements *out);
void hr_cli_settlements_close(hr_cli_settlements *settlements);

/* By the acts of the folder; `settlements` must live as long. */
hr_settlement_desk hr_cli_settlements_desk(hr_cli_settlements *settlements);
