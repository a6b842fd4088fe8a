"""nginx in front of a service, as tools/nginx.conf says."""
import pathlib
import re
import socket
import subprocess
import time

import http_raw

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Nginx:
    """The real one, with tools/nginx.conf before `port`; TLS is left out, so that the bytes are ours."""

    FRAME = """daemon off; master_process off; pid {0}/pid; error_log {0}/errors;
events {{ worker_connections 256; }}
http {{
access_log off;
client_body_temp_path {0}/1; proxy_temp_path {0}/2; fastcgi_temp_path {0}/3; uwsgi_temp_path {0}/4;
scgi_temp_path {0}/5;
{1}
}}
"""

    def __init__(self, program, folder, upstream):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        text = (ROOT / "tools/nginx.conf").read_text(encoding="utf-8")
        for find, put in [("127.0.0.1:8080", f"127.0.0.1:{upstream}"),
                          ("443 ssl http2", f"127.0.0.1:{self.port}"), (r"\bssl_\w+ .*?;", ""),
                          ("_timeout 10s", "_timeout 2s"), ("32m", "1m")]:
            text, found = re.subn(find, put, text)
            assert found, find
        pathlib.Path(folder, "nginx.conf").write_text(self.FRAME.format(folder, text), "utf-8")
        self.process = subprocess.Popen([program, "-p", folder, "-c", f"{folder}/nginx.conf"])

    def __enter__(self):
        for _ in range(400):
            try:
                http_raw.connect(self.port).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
