/* The catalogue that a command's settings name. */
#pragma once

#include "catalog/catalog.h"
#include "tools/cli.h"

/*
 * The version `rev` of the registry (NULL: the newest), or a folder. A registry of
 * the settings is passed over for a folder; one beside it on the command line is a
 * contradiction. `local`: an overlay of this hospital's own; NULL: none. Until
 * cli->arena is reset. On failure cli->err.
 */
bool hr_cli_load_catalog(hr_cli *cli, const char *folder, const char *rev, const char *local,
			 hr_catalog **out);
