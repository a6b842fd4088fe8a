#!/usr/bin/env python3
"""What `cmake --install` puts down: the program, libhuren, manuals, completion.

	installed.py BUILD CC

The example of the library is built against what was installed, shared and
static, and says what the command says. The library shows what huren.map names,
all of it declared, and brings neither a database nor HTTP. The manuals have no
fault that groff sees and every command; the completion gives what it should.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD, CC = sys.argv[1:3]
RECEIVER = "121100004000000014"
REPORTS = ["tests/data/cda/thyroid.xml", "tests/data/fhir"]
NOT_LINKED = "microhttpd sqlite libpq mysql mariadb curl odbc"
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def run(*words, code=0, **more):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, cwd=ROOT,
                          check=False, **more)
    if code is not None and done.returncode != code:
        sys.exit(f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# --- the library ---

def flags(prefix, *words):
    env = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    return run("pkg-config", *words, "huren", env=env).split()


def build(prefix, name, libraries):
    program = prefix / name
    run(CC, "-std=gnu17", "-Wall", "-Wextra", "-Werror", prefix / "share/doc/huren/verify_example.c",
        *flags(prefix, "--cflags"), *libraries, "-o", program)
    return program


def reports():
    for name in REPORTS:
        path = ROOT / name
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def verdicts(text):
    """Without the second in which it was asked, and what was counted from it."""
    return [re.sub(r'"(at|age)":("[^"]*"|\d+),?', "", line) for line in text.splitlines()]


def check_example(prefix, program, what):
    env = {**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib"), "HUREN_CONFIG": "/dev/null"}
    count = 0
    for path in reports():
        command = subprocess.run(
            [prefix / "bin/huren", "verify", "--catalog", "catalog/sample", "--receiver", RECEIVER,
             "--json", path], capture_output=True, text=True, cwd=ROOT, env=env, check=False)
        example = subprocess.run([program, "catalog/sample", RECEIVER, path], capture_output=True,
                                 text=True, cwd=ROOT, env=env, check=False)
        check((example.returncode == 0) == (command.returncode in (0, 1, 4)),
              f"{what}: {path.name}: read as by the command")
        check(verdicts(example.stdout) == verdicts(command.stdout),
              f"{what}: {path.name}: the verdict of the command")
        count += example.returncode == 0
        for line in example.stdout.splitlines():
            json.loads(line)
    check(count > 2, f"{what}: some reports are read")


def needed(path):
    return re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", path))


def check_links(prefix, shared, static):
    env = {**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib")}
    library = prefix / "lib/libhuren.so"
    check("libhuren.so.0.1" in needed(shared), "the example asks for libhuren.so.0.1")
    check(not any("huren" in name for name in needed(static)), "the static one for none of ours")
    for path in (library, shared, static):
        everything = run("ldd", path, env=env)
        check("not found" not in everything, f"{path.name}: all that it links is there")
        for word in NOT_LINKED.split():
            check(word not in everything, f"{path.name} links no {word}")


def check_symbols(prefix):
    shown = {line.split()[2].split("@")[0] for line in
             run("nm", "-D", "--defined-only", prefix / "lib/libhuren.so").splitlines()}
    shown -= {"HUREN_0.1"}
    named = set(re.findall(r"^\t(hr_\w+);", (ROOT / "tools/library/huren.map").read_text(), re.M))
    headers = "".join(p.read_text() for p in (prefix / "include").rglob("*.h"))
    declared = set(re.findall(r"\b(hr_\w+)\(", headers))
    check(shown == named, f"shown is what huren.map names: {sorted(shown ^ named)}")
    check(named <= declared, f"and it is declared: {sorted(named - declared)}")
    external = re.findall(r"^\S* +[A-TX-Z] (\S+)$",
                          run("nm", "-g", "--defined-only", prefix / "lib/libhuren.a"), re.M)
    strange = [name for name in external if not name.startswith(("hr_", "__"))]
    check(not strange, f"the static library holds names that are ours: {strange}")


def check_headers(prefix):
    for path in sorted((prefix / "include").rglob("*.h")):
        run(CC, "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-include", path,
            "-x", "c", "/dev/null")


def check_library(prefix):
    shared = build(prefix, "example-shared", flags(prefix, "--libs"))
    static = build(prefix, "example-static",
                   [word.replace("-lhuren", "-l:libhuren.a")
                    for word in flags(prefix, "--static", "--libs")])
    check_headers(prefix)
    check_symbols(prefix)
    check_links(prefix, shared, static)
    check_example(prefix, shared, "shared")
    check_example(prefix, static, "static")


# --- manuals and completion ---

def check_manuals(prefix):
    pages = {"huren.1": prefix / "share/man/man1/huren.1",
             "huren.conf.5": prefix / "share/man/man5/huren.conf.5"}
    text = {}
    for name, path in pages.items():
        done = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww", path],
                              capture_output=True, text=True, check=False)
        check(done.returncode == 0 and not done.stderr, f"{name}: groff says {done.stderr!r}")
        text[name] = path.read_text()
    for command in re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", run(prefix / "bin/huren", "help"), re.M):
        check(f".SS huren {command}\n" in text["huren.1"], f"huren.1 has '{command}'")
    settings = run(prefix / "bin/huren", "help", "settings")
    for key in re.findall(r"^#([a-z-]+) = ", settings, re.M):
        name = key.replace("-", "\\-")
        check(f"\n\\fB{name}\\fR = " in text["huren.conf.5"], f"huren.conf.5 has '{key}'")


COMPLETIONS = [
    (["re"], {"registry", "restore"}),
    (["registry", "p"], {"publish"}),
    (["registry", "publish", "--mes"], {"--message"}),
    (["settle", "fi"], {"file"}),
    (["settle", "file", "app"], {"apply", "approve"}),
    (["settle", "file", "check", "--li"], {"--lines"}),
    (["verify", "--exp"], {"--explain"}),
    (["serve", "--lang", ""], {"zh", "en"}),
    (["serve", "--threads", ""], set()),
    (["serve", "--retrieve-private", "--tls-k"], {"--tls-key"}),
    (["verify", "--registry", "READM"], {"README.md", "README.zh-CN.md"}),
    (["verify", "SECU"], {"SECURITY.md"}),
    (["nothing", ""], set()),
]


def check_completion(prefix):
    path = prefix / "share/bash-completion/completions/huren"
    for words, wanted in COMPLETIONS:
        line = " ".join(f"'{w}'" for w in ["huren", *words])
        got = run("bash", "-c", f"set -u; . {path}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
                  "_huren; printf '%s\\n' \"${COMPREPLY[@]-}\"").split()
        check(set(got) == wanted, f"'{' '.join(words)}' is completed by {got}")


def main():
    for tool in ("groff", "pkg-config", "readelf"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder)
        run("cmake", "--install", BUILD, "--prefix", prefix)
        check(run(prefix / "bin/huren", "--version").startswith("huren "), "the program runs")
        check_library(prefix)
        check_manuals(prefix)
        check_completion(prefix)
    return 1 if failures else 0


sys.exit(main())
