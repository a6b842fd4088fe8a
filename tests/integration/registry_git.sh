#!/bin/sh
# What plain git makes of a registry, and the registry of what plain git does to it.
# Usage: registry_git.sh HUREN
set -eu

huren=$1
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
repo=$here/catalogue.git
export HOME="$here" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

fail() {
	echo "registry_git.sh: $*" >&2
	exit 1
}

# expect WORDS COMMAND...: it fails, and says so.
expect() {
	words=$1
	shift
	if "$@" >"$here/out" 2>&1; then fail "no failure: $*"; fi
	grep -q -e "$words" "$here/out" || fail "$* says: $(cat "$here/out")"
}

# catalogue N: the folder with a fact that only the N-th has.
catalogue() {
	mkdir -p "$here/files/lab"
	cat >"$here/files/regions.xml" <<-END
		<regions xmlns="urn:huren:catalogue:1" source="made up" grade="synthetic"><region code="120000" name="天津市"/></regions>
	END
	cat >"$here/files/lab/missing.xml" <<-END
		<missing xmlns="urn:huren:catalogue:1"><fact>list $1</fact></missing>
	END
}

# publish SECONDS MESSAGE: the folder as it is now.
publish() {
	SOURCE_DATE_EPOCH=$1 "$huren" registry publish "$repo" "$here/files" -m "$2" \
		--author '卫健委 <office@example.cn>'
}

# id_of REVISION, as the registry understands it.
id_of() {
	"$huren" registry show "$repo" "$1" | cut -c1-12 | head -n 1
}

# export REVISION DIR: what the registry reads.
export_to() {
	"$huren" registry export "$repo" "$1" "$2"
}

"$huren" registry init "$repo"
for n in 1 2 3; do
	catalogue $n
	publish $((1767196800 + n * 3600)) "list $n" >"$here/id$n"
done
newest=$(cat "$here/id3")

# git reads it.
git -C "$repo" fsck --strict --full --no-progress
[ "$(git -C "$repo" log --format=%s)" = "list 3
list 2
list 1" ] || fail "git log differs"
[ "$(git -C "$repo" log -1 --format='%an %ae %cI')" = "卫健委 office@example.cn 2026-01-01T03:00:00+08:00" ] ||
	fail "author or time differ"
git clone -q "$repo" "$here/clone"
[ "$(git -C "$here/clone" rev-parse HEAD)" = "$newest" ] || fail "the clone is not at main"
diff -r -x .git "$here/clone" "$here/files"

# Anyone can check the seal.
(cd "$here/clone" && git ls-files | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1) >"$here/seal"
[ "$(git -C "$repo" log -1 --format='%(trailers:key=Catalogue-SHA256,valueonly,separator=)')" = "$(cat "$here/seal")" ] ||
	fail "the seal differs"

# git packs it and takes the empty folders away; publishing goes on.
git -C "$repo" tag v3
git -C "$repo" gc -q --prune=now
[ "$(id_of v3)" = "$(cut -c1-12 "$here/id3")" ] || fail "not read from the pack"
[ "$(id_of '@2026-01-01T02:30:00')" = "$(cut -c1-12 "$here/id2")" ] || fail "as of then"
catalogue 4
publish 1767211200 'list 4' >"$here/id4"
git -C "$repo" fsck --strict --full --no-progress
expect 'nothing changed' publish 1767214800 'list 4 again'

# git may push on top, but not rewrite; what it pushed is read, and refused when it is no catalogue.
git -C "$here/clone" pull -q
sed -i 's/list 4/list 5/' "$here/clone/lab/missing.xml"
git -C "$here/clone" commit -q -a -m 'by git'
git -C "$here/clone" push -q
export_to HEAD "$here/pushed"
diff -r -x .git "$here/clone" "$here/pushed"
git -C "$here/clone" reset -q --hard HEAD~2
expect 'non-fast-forward\|denying' git -C "$here/clone" push -q --force
expect 'deletion prohibited\|denying' git -C "$here/clone" push -q origin :main
git -C "$here/clone" pull -q
ln -s /etc/passwd "$here/clone/link.xml"
git -C "$here/clone" add link.xml
git -C "$here/clone" commit -q -m link
git -C "$here/clone" push -q
expect "'link.xml' in the version is a symbolic link" export_to HEAD "$here/linked"
catalogue 6
publish $(($(date +%s) + 3600)) 'list 6' >"$here/id6"
export_to HEAD "$here/mended"
diff -r "$here/files" "$here/mended"

# What is no registry.
expect 'is not empty' "$huren" registry init "$repo"
git -C "$repo" symbolic-ref HEAD refs/heads/other
expect 'HEAD of the registry is not' "$huren" registry log "$repo"
