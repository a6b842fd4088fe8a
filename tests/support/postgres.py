"""A PostgreSQL server of a test's own, in a folder, on a socket there; it refuses to be root."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time

from film_census import ROW


class Postgres:
    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = found[-1] if found else os.path.dirname(shutil.which("postgres") or "")
        if not self.bin:
            print("postgresql is not installed")
            sys.exit(77)
        self.user = "postgres" if os.getuid() == 0 else None
        self.folder = os.path.join(folder, "pg")
        os.mkdir(self.folder, 0o700)
        os.chmod(folder, 0o755)
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.data = os.path.join(self.folder, "data")
        self.url = f"postgresql:///postgres?host={self.folder}&user=huren"
        subprocess.run([f"{self.bin}/initdb", "-D", self.data, "-U", "huren", "-A", "trust", "-E",
                        "UTF8", "--no-sync", "--locale=C.UTF-8"], user=self.user, check=True,
                       stdout=subprocess.DEVNULL, cwd="/")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [f"{self.bin}/postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses="],
            user=self.user, stderr=subprocess.DEVNULL, cwd="/")
        for _ in range(600):
            if subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.folder],
                              check=False).returncode == 0:
                return
            time.sleep(0.05)
        sys.exit("postgresql does not start")

    def ask(self, sql):
        done = subprocess.run([f"{self.bin}/psql", "-X", "-At", "-F", " ", "-c", sql, self.url],
                              capture_output=True, check=True, text=True)
        return done.stdout.splitlines()

    def film_rows(self):
        rows = self.ask("SELECT " + ROW.replace("digest", "encode(digest, 'hex')") +
                        " FROM film_instance")
        return [(int(a), b, int(c), int(d)) for a, b, c, d in map(str.split, rows)]

    def end(self, how=signal.SIGINT):
        """SIGINT ends it in order, SIGQUIT at once."""
        self.process.send_signal(how)
        self.process.wait(30)
