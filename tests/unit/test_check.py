#!/usr/bin/env python3
"""tools/check over trees made for it: what it must find, and what it must leave alone."""
import contextlib
import importlib.machinery
import io
import os
import subprocess
import sys
import tempfile
import types
import unittest

sys.dont_write_bytecode = True
CHECK = os.path.join(os.path.dirname(__file__), "../../tools/check")
check = types.ModuleType("check")
importlib.machinery.SourceFileLoader("check", CHECK).exec_module(check)


def function(lines):
    return "int hr_f(void)\n{\n" + "\tg();\n" * (lines - 3) + "}\n"


# path: text, and the findings there, without the path
FAULTS = [
    ("base/a.c", '#include "store/sql.h"\n', ['1: base/ may not include store/ ("store/sql.h")']),
    ("catalog/a.c", '\n#include "dicom/x.h"\n', ['2: catalog/ may not include dicom/ ("dicom/x.h")']),
    ("recognition/a.c", '#include "store/sql.h"\n',
     ['1: recognition/ may not include store/ ("store/sql.h")']),
    ("dicom/film_book.h", '#pragma once\n#include "store/store.h"\n',
     ['2: "store/store.h" is for *_book.c alone']),
    ("service/a.c", '#include "store/store.h"\n', ['1: "store/store.h" is for *_book.c alone']),
    ("service/a.c", '#include "a.h"\n', ['1: "a.h" is included without its folder']),
    ("catalog/a.c", "#include <libxml/parser.h>\n",
     ["1: <libxml/parser.h> belongs into base/xml*.c, tests/bench/floor_sax2.c alone"]),
    ("base/json.c", "# include <simdjson.h>\n",
     ["1: <simdjson.h> belongs into base/json_simdjson.cc, tests/fuzz/json_oracle.cc, tests/bench/floor_dom.cc alone"]),
    ("base/b.cc", "", ["1: C++ stays in base/json_simdjson.cc, dicom/dcmtk_*.cc, tests/*"]),
    ("base/a.c", "\tx = atoi(y);\n", ["1: atoi() takes anything for a number"]),
    ("tests/unit/a.c", "\tstrcpy (x, y);\n", ["1: strcpy() writes without a limit"]),
    ("catalog/a.c", "/* malloc(1)\n */\n\tp = malloc(1);\n",
     ["3: malloc() belongs to base/; take memory from an arena"]),
    ("base/a.c", '\tputs("");\n', ["1: puts() prints; a library returns what it has to say"]),
    ("base/a.c", "\tabort();\n", ["1: abort() ends the program from inside a library"]),
    ("base/a.c", "\n" + function(71), ["2: hr_f() has 71 lines, more than 70"]),
    ("base/a.c", "int x;\n" * 601, ["601: the file has 601 lines, more than 600"]),
    ("base/a.h", "#pragma once\n" * 201, ["201: the file has 201 lines, more than 200"]),
    ("base/a.h", "int x;\n", ["1: the header lacks #pragma once"]),
    ("base/a.c", "  int x;\n", ["1: the line is indented with blanks, not tabs"]),
    ("base/a.c", "int x; \n", ["1: the line ends in a blank"]),
    ("base/a.c", "int x;\r\n", ["1: the line ends in a blank"]),
    ("base/CMakeLists.txt", "a\t\n", ["1: the line ends in a blank"]),
    ("base/a.c", "int x;", ["1: the last line has no end"]),
    ("base/a.c", "\t\"" + "x" * 90 + "\";\n", ["1: the line has 101 columns, more than 100"]),
    ("base/a.c", "/* " + "医" * 48 + " */\n", ["1: the line has 102 columns, more than 100"]),
]

GOOD = [
    ("base/a.c", '#include "base/b.h"\n#include <string.h>\n'),
    ("base/a.c", "/*\n * strcpy(a, b)\n */\n// gets(x)\nconst char *s = \"atoi(\\\"1\\\") // /*\";\n"),
    ("base/a.c", "\tp = malloc(1);\n\tfree(p);\n"),
    ("base/a.c", "\tallocator->free(p);\n\thr_printf(x);\n\tsnprintf(a, 1, b);\n"),
    ("base/a.c", function(70)),
    ("base/a.c", "\t\"" + "x" * 89 + "\";\n/* " + "医" * 47 + " */\n"),
    ("base/a.c", "int x;\n" * 600),
    ("base/json_simdjson.cc", "#include <simdjson.h>\n"),
    ("catalog/catalog.h", "#pragma once\n" * 390),
    ("dicom/film_book.c", '#include "store/store.h"\n'),
    ("service/film_book.c", '#include "store/store.h"\n'),
    ("service/a.c", '#include "store/lock.h"\n'),
    ("service/a.c", '#include "recognition/recognition.h"\n#include "dicom/x.h"\n'),
    ("tests/unit/a.c", '#include "testing.h"\n#include "service/x.h"\n\tprintf("");\n'),
    ("tests/cases/verify/expired/odd.c", "  gets(x); "),
    ("build/release/a.c", "gets(x);"),
    (".git/a.c", "gets(x);"),
]


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def findings_of(root):
    """The findings, and what is said beside them."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        found = check.find_all(root, os.path.join(root, "build/release"))[1]
    return [f"{path}:{line}: {what}" for path, line, what in found], said.getvalue()


class Check(unittest.TestCase):
    def expect(self, files, findings):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files:
                write(root, path, text)
            found, said = findings_of(root)
        self.assertEqual(found, findings)
        self.assertIn("symbols not checked", said)

    def test_fault__is_found_at_its_line(self):
        for path, text, findings in FAULTS:
            with self.subTest(findings[0]):
                self.expect([(path, text)], [f"{path}:{f}" for f in findings])

    def test_what_is_allowed__is_left_alone(self):
        for path, text in GOOD:
            with self.subTest(path=path, text=text[:40]):
                self.expect([(path, text)], [])

    def test_name_twice_in_the_tree__is_found(self):
        self.expect([("base/a.c", ""), ("catalog/a.c", ""), ("base/README.md", ""),
                     ("tests/README.md", ""), ("tests/cases/x/a.c", "")],
                    ["catalog/a.c:1: the name is taken by base/a.c"])

    def test_library_with_one_home__is_refused_a_second(self):
        self.expect([("service/http.c", "#include <microhttpd.h>\n"),
                     ("service/other.c", "#include <microhttpd.h>\n")],
                    ["service/other.c:1: <microhttpd...> is at home in service/http.c already"])

    def test_external_symbol_without_the_prefix__is_found(self):
        with tempfile.TemporaryDirectory() as root:
            write(root, "build/release/a.c", "int hr_good;\nstatic int x;\nint bad(void) { return x; }\n")
            at = os.path.join(root, "build/release/")
            subprocess.run(["cc", "-c", at + "a.c", "-o", at + "a.o"], check=True)
            subprocess.run(["ar", "rc", at + "libhr_base.a", at + "a.o"], check=True)
            found, said = findings_of(root)
        self.assertEqual(found, ["build/release/libhr_base.a:a.o:0: "
                                 "external symbol bad does not start with hr_"])
        self.assertEqual(said, "")

    def test_command__says_so_with_its_exit_code(self):
        with tempfile.TemporaryDirectory() as root:
            write(root, "base/a.c", "int x; \n")
            command = [sys.executable, CHECK, "--root", root]
            bad = subprocess.run(command, text=True, capture_output=True, check=False)
            write(root, "base/a.c", "int x;\n")
            good = subprocess.run(command, text=True, capture_output=True, check=False)
        self.assertEqual((bad.returncode, bad.stdout), (1, "base/a.c:1: the line ends in a blank\n"))
        self.assertEqual((good.returncode, good.stdout), (0, ""))


unittest.main()
