#include "repo.h"

#include <stdio.h>
#include <stdlib.h>

void hr_test_repo_make_root(hr_test_repo *repo)
{
	*repo = (hr_test_repo){ .arena = hr_arena_open((size_t)1 << 30) };
	if (!repo->arena)
		abort();
	repo->root = hr_test_folder(repo->arena);
	snprintf(repo->path, sizeof(repo->path), "%s/catalogue.git", repo->root);
}

void hr_test_repo_open(hr_test_repo *repo)
{
	hr_test_repo_make_root(repo);
	if (!hr_registry_init(repo->path, &repo->err) ||
	    !hr_registry_open(repo->path, &repo->registry, &repo->err)) {
		fprintf(stderr, "%s\n", repo->err.message);
		abort();
	}
}

void hr_test_repo_close(hr_test_repo *repo)
{
	hr_registry_close(repo->registry);
	hr_arena_close(repo->arena);
}

#define ROOT(name, body)                                                                           \
	"<" name " xmlns=\"urn:huren:catalogue:1\" source=\"made up\" grade=\"synthetic\">" body   \
	"</" name ">\n"

static const hr_str regions =
	HR_STR_INIT(ROOT("regions", "<region code=\"120000\" name=\"天津市\"/>"));
static const hr_str items = HR_STR_INIT(ROOT(
	"items",
	"<lab code=\"TSH\" name=\"促甲状腺激素\" unit-class=\"arbitrary\" class=\"thyroid\"/>"));

hr_fileset hr_test_catalogue(hr_arena *arena, int n)
{
	hr_file *files = HR_NEW_N(arena, hr_file, 3);
	hr_buf missing;

	hr_buf_init(&missing, arena, 1024);
	hr_buf_addf(&missing,
		    "<missing xmlns=\"urn:huren:catalogue:1\"><fact>list %d</fact></missing>\n", n);
	if (!files || missing.failed)
		abort();
	files[0] = (hr_file){ HR_STR("lab/items.xml"), items };
	files[1] = (hr_file){ HR_STR("lab/tj/missing.xml"), hr_buf_str(&missing) };
	files[2] = (hr_file){ HR_STR("regions.xml"), regions };
	return (hr_fileset){ files, 3 };
}

hr_instant hr_test_time(int n)
{
	return (hr_instant){ 1767196800 + (int64_t)n * 3600 };
}

hr_publication hr_test_publication(const hr_fileset *files, int n)
{
	return (hr_publication){
		.files = files,
		.message = HR_STR("互认目录：更新"),
		.author = HR_STR("卫健委 <office@example.cn>"),
		.now = hr_test_time(n),
	};
}

bool hr_test_publish(hr_test_repo *repo, int n)
{
	hr_fileset files = hr_test_catalogue(repo->arena, n);
	hr_publication publication = hr_test_publication(&files, n);

	return hr_registry_publish(repo->registry, &publication, repo->arena, &repo->issues,
				   &repo->version, &repo->err);
}

size_t hr_test_count_versions(hr_test_repo *repo)
{
	hr_version versions[64];
	size_t count = 0;

	HR_ASSERT_OK(hr_registry_log(repo->registry, repo->arena, versions, 64, &count, &repo->err),
		     repo->err);
	return count;
}

void hr_test_says(const hr_error *err, const char *words, const char *file, unsigned line)
{
	bool says = strstr(err->message, words) != NULL;

	if (!says)
		fprintf(stderr, "\n%s:%u\n  got:  %s\n  want: %s\n", file, line, err->message,
			words);
	CU_assertImplementation(says, line, "the error says so", file, "", CU_FALSE);
}
