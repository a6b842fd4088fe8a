/* The state folder, as the commands come to it. */
#include "service/state.h"
#include "tools/cli.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

bool hr_cli_want_state(hr_cli *cli)
{
	return cli->config.state ||
	       hr_fail(&cli->err, HR_E_USAGE,
		       "no state folder: give --state DIR, set HUREN_STATE, or write "
		       "'state = DIR' into the configuration file");
}

bool hr_cli_check_space(hr_cli *cli)
{
	const hr_config *config = &cli->config;

	return hr_state_check_space(config->state, config->min_free_bytes, &cli->err) &&
	       (!config->log ||
		hr_state_check_space(config->log, config->min_free_bytes, &cli->err));
}

bool hr_cli_become_owner(hr_cli *cli)
{
	struct stat st;

	umask(077);
	if (geteuid() != 0 || stat(cli->config.state, &st) != 0 || st.st_uid == 0)
		return true;
	return (setgroups(0, NULL) == 0 && setegid(st.st_gid) == 0 && seteuid(st.st_uid) == 0) ||
	       hr_fail_errno(&cli->err, errno, "become the owner of", cli->config.state);
}

bool hr_cli_enter_state(hr_cli *cli)
{
	return hr_cli_want_state(cli) && hr_cli_check_space(cli) && hr_cli_become_owner(cli);
}
