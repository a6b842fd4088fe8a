#include "registry/git.h"

#include <errno.h>

static const struct {
	int git;
	hr_error_code ours;
} codes[] = {
	{ GIT_ENOTFOUND, HR_E_NOT_FOUND }, { GIT_EEXISTS, HR_E_CONFLICT },
	{ GIT_EMODIFIED, HR_E_CONFLICT },  { GIT_ELOCKED, HR_E_CONFLICT },
	{ GIT_EAMBIGUOUS, HR_E_USAGE },
};

/* libgit2 keeps no errno; it ends the words of a failed system call with strerror's. */
static bool says(const char *words, int errnum)
{
	char reason[96];

	return hr_str_ends_with(hr_str_of(words),
				hr_str_of(strerror_r(errnum, reason, sizeof(reason))));
}

static hr_error_code code_of(int code, const git_error *cause)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].git == code)
			return codes[i].ours;
	if (!cause)
		return HR_E_REGISTRY;
	if (cause->klass == GIT_ERROR_NOMEMORY)
		return HR_E_MEMORY;
	if (says(cause->message, ENOSPC) || says(cause->message, EDQUOT))
		return HR_E_NO_SPACE;
	return cause->klass == GIT_ERROR_OS ? HR_E_IO : HR_E_REGISTRY;
}

bool hr_fail_git(hr_error *err, int code, const char *what)
{
	const git_error *cause = git_error_last();

	return hr_fail(err, code_of(code, cause), "cannot %s: %s", what,
		       cause && cause->message ? cause->message : "libgit2 gives no reason");
}
