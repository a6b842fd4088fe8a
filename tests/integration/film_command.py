#!/usr/bin/env python3
"""huren film: taken in, listed, found by name, given back; by itself and beside a service.

	film_command.py HUREN

What is shown: an object is given back byte for byte; what is there is not taken
twice; what is refused is told and stops nothing; a service that writes the
folder does the work for the command, and the command does it again when the
service was killed. Whose a film is, is never guessed; it is published,
withdrawn and removed with a reason; index and bytes are compared. All JSON is
what its schema says. Of the corpora every sixth file; with $HUREN_LONG all.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import make_films  # noqa: E402
from film_schema import FilmSchema  # noqa: E402

HUREN = sys.argv[1]
ENV = {k: v for k, v in os.environ.items() if not k.startswith("HUREN_")}
ENV["HUREN_CONFIG"] = "/dev/null"
CORPORA = pathlib.Path(os.environ.get("HUREN_CORPORA", ROOT / "../shared/corpora"), "dicom")
LONG = os.environ.get("HUREN_LONG")
SCHEMA = FilmSchema(HUREN)
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print(f"FAILED: {what}")


def film(data, *words, code=0):
    done = subprocess.run([HUREN, "film", *words, "--data", data], capture_output=True, text=True,
                          env=ENV, cwd=ROOT, check=False)
    check(done.returncode == code,
          f"huren film {' '.join(map(str, words))}: exit {done.returncode}, {done.stderr}")
    if words[0] != "list" and words[0] != "add" or "--json" in words:
        check_json(words[0], done.stdout)
    return done


def check_json(command, text):
    """`add` writes a line for each file; what writes nothing but words has no schema."""
    for part in text.splitlines() if command == "add" else [text]:
        if part.startswith(("{", "[")):
            fault = SCHEMA.fault_of(command, json.loads(part))
            check(not fault, f"the schema of {fault}")


def make(folder):
    """Two studies of three headers, one twice; what is no DICOM; and a file cut short."""
    for study in range(2):
        for number in range(3):
            path = folder / f"{study}" / f"{number}.dcm"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(make_films.film(study, number, None))
    (folder / "0/again.dcm").write_bytes((folder / "0/0.dcm").read_bytes())
    (folder / "readme.txt").write_text("not DICOM\n", encoding="utf-8")
    (folder / "1/cut.dcm").write_bytes((folder / "1/0.dcm").read_bytes()[:700])
    return folder


def test_alone(made, data):
    done = film(data, "add", made, code=3)
    check("收入 6 个, 已有 1 个, 拒收 1 个, 非 DICOM 1 个" in done.stderr, f"sums: {done.stderr}")
    check("1/cut.dcm" in done.stderr, f"the refused file is named: {done.stderr}")
    done = film(data, "add", made / "0", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check([line["result"] for line in lines] == ["had"] * 4, f"not taken twice: {lines}")
    film(data, "add", made / "readme.txt", code=3)
    film(data, "add", made / "absent.dcm", code=2)


def test_found(data):
    """The first study is of 王^建国, the second of 李^建国."""
    everything = film(data, "list").stdout.splitlines()
    check(len(everything) == 2 and everything[0].split("\t")[5:7] == ["1", "3"],
          f"two studies of three: {everything}")
    for name in ("王建国", "王", "wangjianguo", "wjg", "Wang^Jianguo"):
        found = film(data, "list", "--name", name).stdout.splitlines()
        check(len(found) == 1 and "王^建国" in found[0], f"by {name}: {found}")
    check(len(film(data, "list", "--name", "建国").stdout.splitlines()) == 2, "by 建国: both")
    check(film(data, "list", "--name", "赵").stdout == "", "by 赵: none")
    check(film(data, "list", "--patient-id", "SYN-P-00000001").stdout.count("\n") == 1, "by id")
    check(json.loads(film(data, "list", "--name", "赵", "--json").stdout) == [], "JSON of none")
    film(data, "list", "--limit", "many", code=2)


def test_given_back(made, data, folder):
    uid = film(data, "list", "--name", "王建国").stdout.strip().split("\t")[-1]
    film(data, "export", uid, folder / "out")
    sent = sorted((made / f"0/{n}.dcm").read_bytes() for n in range(3))
    got = sorted(path.read_bytes() for path in (folder / "out").rglob("*.dcm"))
    check(sent == got, "three files, byte for byte")
    film(data, "export", uid, folder / "out", code=6)
    film(data, "export", "1.2.3", folder / "none", code=2)


def serve(registry, data, *flags):
    service = subprocess.Popen([HUREN, "serve", "--registry", registry, "--data", data, "--listen",
                                "127.0.0.1:0", "--log", "/dev/null", *flags], env=ENV, cwd=ROOT,
                               stderr=subprocess.PIPE, text=True)
    line = service.stderr.readline()
    check("listening" in line, f"the service begins: {line}")
    return service


def test_beside_a_service(made, data, registry):
    fresh = made / "beside.dcm"
    for how in (signal.SIGTERM, signal.SIGKILL):
        fresh.write_bytes(make_films.film(7, int(how), None))
        service = serve(registry, data)
        done = film(data, "add", fresh)
        check("收入 1 个" in done.stderr, f"by the service: {done.stderr}")
        check(film(data, "list", "--accession", "SYN-A-00000007").stdout.count("\n") == 1,
              "listed by the service")
        service.send_signal(how)
        service.wait()
        service.stderr.close()
        check("已有 1 个" in film(data, "add", fresh).stderr, f"after {how.name} it is there")


def waits_for_writer(process):
    """One of its threads, as the kernel tells; where that tells nobody, it may."""
    where = {path.read_text() for path in pathlib.Path(f"/proc/{process.pid}/task").glob("*/wchan")}
    return "wait_for_partner" in where or where == {"0"}


def test_held_up(data, registry):
    """A disk that does not answer: TERM ends the service within its drain all the same."""
    service = serve(registry, data, "--drain-seconds", "0")
    path = next(p for p in pathlib.Path(data, "objects").rglob("*") if p.is_file())
    kept = path.read_bytes()
    path.unlink()
    os.mkfifo(path)  # opening it waits for a writer, who does not come
    asking = subprocess.Popen([HUREN, "film", "fsck", "--data", data], env=ENV, cwd=ROOT,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not waits_for_writer(service):
        time.sleep(0.01)
    service.send_signal(signal.SIGTERM)
    check(service.wait(60) == 0, "it has ended")
    service.stderr.close()
    check(asking.wait(60) == 7, "who asked is told")
    path.unlink()
    path.write_bytes(kept)
    film(data, "fsck", "--deep")


CARD = "11010519491231002X"  # the example of GB 11643
USCC = "121200004000000106"


def test_whose(made, data, folder):
    """A feed ties what is there and what comes; who is not named stands in the work list."""
    film(data, "add", made / "0", "--institution", USCC)
    feed, person = folder / "feed.csv", folder / "person.csv"
    feed.write_text("patient_id,id_number\nSYN-P-00000000," + CARD + "\nSYN-P-00000001,123\n",
                    encoding="utf-8")
    person.write_text("patient_id,id_number\nX," + CARD + "\n", encoding="utf-8")
    film(data, "match", feed, code=2)
    done = film(data, "match", feed, "--institution", USCC, "--reason", "每日推送")
    told = json.loads(done.stdout)
    check(told["rows"] == 1 and told["studies"] == 1 and told["conflicts"] == [], f"tied: {told}")
    check(told["problems"] == [{"line": 3, "problem": "bad-id-card"}], f"not guessed: {told}")
    check(CARD not in done.stdout + done.stderr, "no number of a person is told")
    waiting = [study["patientId"] for study in json.loads(film(data, "unmatched").stdout)]
    check(waiting == ["SYN-P-00000001"], f"the work list: {waiting}")
    film(data, "add", made / "1/0.dcm", "--institution", USCC)
    uid = json.loads(film(data, "unmatched").stdout)[0]["study"]
    film(data, "correct", uid, person, "--reason", "登记有误")
    check(json.loads(film(data, "unmatched").stdout) == [], "none is left")
    film(data, "release", uid, "--reason", "已审核")
    claimed = film(data, "claim", uid, person)
    check(CARD not in claimed.stdout + claimed.stderr, "no number of a person is told")


def test_sent_again(made, data, folder):
    """What was lost here is brought back by whoever sends it again."""
    study = film(data, "list", "--name", "王建国").stdout.strip().split("\t")[-1]
    lost = next(path for path in (folder / "data2/objects").rglob("*") if path.is_file() and
                path.read_bytes() == (made / "0/1.dcm").read_bytes())
    lost.unlink()
    check(json.loads(film(data, "fsck", code=7).stdout)["faulty"] == 1, "it is missed")
    check("收入 1 个" in film(data, "add", made / "0/1.dcm").stderr, "and taken in again")
    check(json.loads(film(data, "fsck", "--deep").stdout)["faulty"] == 0, "and there")
    check(json.loads(film(data, "show", study).stdout)["instances"] == 3, "once")


def test_wrong_feed(made, data, folder):
    """A number that a feed gave to the wrong person: corrected, it waits for the right row."""
    wrong, right = folder / "wrong.csv", folder / "right.csv"
    wrong.write_text("patient_id,id_number\nSYN-P-00000008," + CARD + "\n", encoding="utf-8")
    right.write_text("patient_id,id_type,id_issuer,id_number\nSYN-P-00000008,passport,CHN,E1\n",
                     encoding="utf-8")
    first = made / "first.dcm"
    first.write_bytes(make_films.film(8, 0, None))
    said = ["--institution", USCC, "--reason", "每日推送"]
    film(data, "add", first, "--institution", USCC)
    film(data, "match", wrong, *said)
    uid = film(data, "list", "--accession", "SYN-A-00000008").stdout.strip().split("\t")[-1]
    check(json.loads(film(data, "match", right, *said).stdout)["conflicts"] == [2], "a conflict")
    film(data, "correct", uid, right, "--reason", "推送有误")
    check(json.loads(film(data, "match", right, *said).stdout)["conflicts"] == [], "no more")


def test_let_go(data, folder):
    uid = film(data, "list", "--name", "王建国").stdout.strip().split("\t")[-1]
    state = lambda: json.loads(film(data, "show", uid).stdout)["state"]
    check(state() == "held", "held since it came")
    film(data, "release", uid, code=2)
    film(data, "release", uid, "--reason", "报告已审核")
    check(state() == "published", "published")
    film(data, "release", uid, "--withdraw", "--reason", "图像有误")
    check(state() == "withdrawn", "withdrawn")
    film(data, "remove", uid, "--reason", "试验", code=6)
    film(data, "remove", uid, "--reason", "试验", "--legal-ground", "示例")
    film(data, "show", uid, code=2)
    told = json.loads(film(data, "fsck", "--deep").stdout)
    check((told["objects"], told["faulty"], told["unknown"]) == (3, 0, 0), f"fsck: {told}")
    stray, lost = sorted(path for path in (folder / "data2/objects").rglob("*") if path.is_file())[:2]
    (stray.parent / ("0" * 64)).write_bytes(b"left behind")
    lost.unlink()
    told = json.loads(film(data, "fsck", "--repair", code=7).stdout)
    check((told["faulty"], told["unknown"], told["removed"]) == (1, 1, 1), f"fsck: {told}")


def test_same_uid(made, data):
    other = made / "other.dcm"
    other.write_bytes((made / "0/0.dcm").read_bytes().replace(b"SYN-A-00000000", b"SYN-A-99999999"))
    done = film(data, "add", other, code=6)
    check("SOP Instance UID" in done.stderr, f"another object of the same UID: {done.stderr}")


def test_corpora(data, folder):
    """What others have made is taken in and given back byte for byte, or refused with a reason."""
    files = [path for path in sorted(CORPORA.rglob("*")) if path.is_file()]
    done = subprocess.run([HUREN, "film", "add", *files[::1 if LONG else 6], "--json", "--data", data],
                          capture_output=True, text=True, env=ENV, check=False)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    for one in told:
        check_json("add", json.dumps(one))
    check(len(told) >= 20, f"{len(told)} files are told of")
    taken = {pathlib.Path(one["file"]) for one in told if one["result"] == "new" and "study" in one}
    (folder / "given").mkdir()
    for study in {one["study"] for one in told if "study" in one}:
        film(data, "export", study, folder / "given" / study)
    check(sorted(path.read_bytes() for path in taken) ==
          sorted(path.read_bytes() for path in (folder / "given").rglob("*.dcm")),
          "what was taken in is given back")
    check(json.loads(film(data, "fsck", "--deep").stdout)["objects"] == len(taken), "and is there")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        registry, data = folder / "registry.git", folder / "data"
        (folder / "made").mkdir()
        made = make(folder / "made")
        for words in (["init", registry], ["publish", registry, "catalog/sample", "-m", "x"]):
            subprocess.run([HUREN, "registry", *words], env=ENV, cwd=ROOT, check=True,
                           capture_output=True)
        done = subprocess.run([HUREN, "film", "list"], capture_output=True, text=True, env=ENV,
                              check=False)
        check(done.returncode == 2 and "--data" in done.stderr, f"without a folder: {done.stderr}")
        test_alone(made, data)
        test_found(data)
        test_given_back(made, data, folder)
        test_beside_a_service(made, data, registry)
        test_held_up(data, registry)
        test_same_uid(made, data)
        second = folder / "data2"
        film(second, "add", made / "0/0.dcm", made / "0/1.dcm", made / "0/2.dcm", made / "1",
             "--institution", USCC, code=3)
        test_whose(made, second, folder)
        test_sent_again(made, second, folder)
        test_let_go(second, folder)
        test_wrong_feed(made, second, folder)
        if CORPORA.is_dir():
            test_corpora(folder / "data3", folder)
    unseen = SCHEMA.unseen() - {"publish", "published"}  # of film_publish.py
    check(not unseen, f"the schema is held against all: {unseen}")
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
