#include "tools/cli_catalog.h"

#include "registry/registry.h"

static bool load_from_registry(hr_cli *cli, const char *rev, const char *local, hr_catalog **out)
{
	hr_registry *registry;
	bool ok;

	if (!cli->config.registry)
		return hr_fail(&cli->err, HR_E_USAGE,
			       "no registry: give --registry REPO, set HUREN_REGISTRY, or write "
			       "'registry = REPO' into the configuration file");
	if (!hr_registry_open(cli->config.registry, &registry, &cli->err))
		return false;
	ok = hr_registry_load(registry, hr_str_of(rev), local, out, &cli->err);
	hr_registry_close(registry);
	return ok;
}

bool hr_cli_load_catalog(hr_cli *cli, const char *folder, const char *rev, const char *local,
			 hr_catalog **out)
{
	hr_catalog *catalog;

	if (folder && (rev || hr_config_is_flag(&cli->config, HR_STR("registry"))))
		return hr_fail(&cli->err, HR_E_USAGE,
			       "--catalog goes without --registry and --rev");
	if (folder ? !hr_catalog_open_folder(folder, local, &catalog, &cli->err)
		   : !load_from_registry(cli, rev, local, &catalog))
		return false;
	if (!hr_catalog_hang(catalog, cli->arena, &cli->err))
		return false;
	*out = catalog;
	return true;
}
