#include "registry/git.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * libgit2's settings are the process's, not a repository's. They are made once
 * and libgit2 is never shut down: shutting it down would lose them.
 */
static pthread_once_t set_up_once = PTHREAD_ONCE_INIT;
static bool is_set_up;

static const int config_levels[] = {
	GIT_CONFIG_LEVEL_PROGRAMDATA,
	GIT_CONFIG_LEVEL_SYSTEM,
	GIT_CONFIG_LEVEL_XDG,
	GIT_CONFIG_LEVEL_GLOBAL,
};

/*
 * Our own check of each id (git_object.c) stands for libgit2's: a file under a
 * seal is checked by SHA-256 alone, which is six times as fast. The cache of
 * objects would hold a second copy of what is read once.
 */
static void set_up(void)
{
	bool ok = git_libgit2_init() > 0;

	for (size_t i = 0; i < sizeof(config_levels) / sizeof(config_levels[0]); i++)
		ok = ok && !git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, config_levels[i], "");
	is_set_up = ok && !git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) &&
		    !git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1) &&
		    !git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0) &&
		    !git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
}

static bool ensure_set_up(hr_error *err)
{
	pthread_once(&set_up_once, set_up);
	return is_set_up ? true : hr_fail_git(err, -1, "start libgit2");
}

/* What a plain git that pushes here is held to. */
static const char *const settings[] = {
	"receive.denyDeletes",
	"receive.denyNonFastForwards",
	"receive.fsckObjects",
};

static bool make_repository(const char *path, hr_error *err)
{
	git_repository_init_options options = {
		.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
		.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
			 GIT_REPOSITORY_INIT_NO_REINIT,
		.initial_head = "main",
		.description = "A catalogue of huren\n",
	};
	HR_AUTO(git_repository) repo = NULL;
	HR_AUTO(git_config) config = NULL;
	int code;

	code = git_repository_init_ext(&repo, path, &options);
	if (code == 0)
		code = git_repository_config(&config, repo);
	for (size_t i = 0; code == 0 && i < sizeof(settings) / sizeof(settings[0]); i++)
		code = git_config_set_bool(config, settings[i], 1);
	return code < 0 ? hr_fail_git(err, code, "make the repository") : true;
}

/* libgit2 syncs nothing while it makes a repository, so the whole file system is. */
static bool sync_all(const char *path, hr_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && syncfs(fd) == 0;

	if (!ok)
		hr_fail_errno(err, errno, "sync", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool holds_something(DIR *dir)
{
	const struct dirent *entry;

	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return true;
	return false;
}

static bool check_vacant(const char *path, hr_error *err)
{
	DIR *dir = opendir(path);
	bool vacant;

	if (!dir)
		return errno == ENOENT ? true : hr_fail_errno(err, errno, "open", path);
	vacant = !holds_something(dir);
	closedir(dir);
	return vacant ? true : hr_fail(err, HR_E_EXISTS, "'%s' is not empty", path);
}

bool hr_registry_init(const char *path, hr_error *err)
{
	return ensure_set_up(err) && check_vacant(path, err) && make_repository(path, err) &&
	       sync_all(path, err);
}

/* libgit2 checks this too, but what it says about it names a setting of its own. */
static bool check_owner(const char *path, hr_error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return hr_fail_errno(err, errno, "open registry", path);
	if (st.st_uid != geteuid())
		return hr_fail(err, HR_E_REGISTRY,
			       "registry '%s' belongs to user %u, and this is user %u", path,
			       (unsigned)st.st_uid, (unsigned)geteuid());
	return true;
}

/* A HEAD that was moved away from main would show plain git another newest version. */
static bool check_head(git_repository *repo, hr_error *err)
{
	HR_AUTO(git_reference) head = NULL;
	int code = git_reference_lookup(&head, repo, "HEAD");

	if (code < 0)
		return hr_fail_git(err, code, "read HEAD");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC ||
	    strcmp(git_reference_symbolic_target(head), HR_MAIN) != 0)
		return hr_fail(err, HR_E_REGISTRY, "HEAD of the registry is not " HR_MAIN);
	return true;
}

/* Not git_repository_open_bare: it does not look at the owner. */
static bool open_repository(const char *path, git_repository **out, hr_error *err)
{
	HR_AUTO(git_repository) repo = NULL;
	int code = git_repository_open_ext(
		&repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT, NULL);

	if (code < 0)
		return hr_fail_git(err, code, "open the registry");
	if (!git_repository_is_bare(repo))
		return hr_fail(err, HR_E_REGISTRY, "'%s' is not a bare repository", path);
	if (!check_head(repo, err))
		return false;
	*out = repo;
	repo = NULL;
	return true;
}

bool hr_registry_open(const char *path, hr_registry **out, hr_error *err)
{
	HR_AUTO(git_repository) repo = NULL;
	HR_AUTO(hr_arena) arena = hr_arena_open(sizeof(hr_registry));
	hr_registry *registry = arena ? HR_NEW(arena, hr_registry) : NULL;
	int code;

	if (!registry)
		return hr_fail_memory(err);
	if (!ensure_set_up(err) || !check_owner(path, err) || !open_repository(path, &repo, err))
		return false;
	code = git_repository_odb(&registry->odb, repo);
	if (code < 0)
		return hr_fail_git(err, code, "open the objects of the registry");
	registry->repo = repo;
	registry->arena = arena;
	repo = NULL;
	arena = NULL;
	*out = registry;
	return true;
}

void hr_registry_close(hr_registry *registry)
{
	if (!registry)
		return;
	git_odb_free(registry->odb);
	git_repository_free(registry->repo);
	hr_arena_close(registry->arena);
}

hr_arena *hr_git_open_scratch(void)
{
	return hr_arena_open(2 * hr_fileset_catalogue_limits.total_bytes + ((size_t)64 << 20));
}

bool hr_registry_load(hr_registry *registry, hr_str rev, const char *local_path, hr_catalog **out,
		      hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_git_open_scratch();
	hr_version version;
	hr_fileset shared;
	hr_fileset local;

	if (!scratch)
		return hr_fail_memory(err);
	if (!hr_registry_resolve(registry, rev, scratch, &version, err) ||
	    !hr_registry_read(registry, &version, scratch, &shared, err))
		return false;
	if (shared.count == 0)
		return hr_fail(err, HR_E_CATALOG, "version %.12s has no .xml file", version.id);
	if (local_path && !hr_catalog_read_folder(local_path, scratch, &local, err))
		return false;
	return hr_catalog_build(&shared, local_path ? &local : NULL, hr_str_of(version.id),
				version.time, out, err);
}
