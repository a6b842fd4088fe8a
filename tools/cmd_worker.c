/* huren worker: what the service begins, for itself alone; so it stands in no list. */
#include "tools/cli.h"

#include "service/dimse_parts.h"
#include "service/worker_process.h"
#include "service/workers.h"

#include <sys/socket.h>

int hr_cli_worker(const char *kind)
{
	int type = 0;
	socklen_t len = sizeof(type);
	hr_error err;

	if (!kind || getsockopt(HR_WORKER_SOCKET, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
	    type != SOCK_SEQPACKET) {
		hr_fail(&err, HR_E_USAGE, "'huren worker' is begun by 'huren serve' alone");
		return hr_cli_tell(&err, NULL, NULL);
	}
	if (strcmp(kind, "objects") == 0)
		return hr_worker_main(HR_WORKER_SOCKET);
	if (strcmp(kind, "association") == 0)
		return hr_dimse_worker_main(HR_WORKER_SOCKET);
	return hr_error_exit(HR_E_USAGE);
}
