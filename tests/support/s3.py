"""An S3 server of a test's own: s3_swift.py, three nodes that keep three replicas."""
import os
import pathlib
import re
import subprocess
import sys

import s3_swift

NODES = (1, 2, 3)
BUCKET = "/films"


def environment(endpoint):
    """Without any other server that the caller's may name."""
    return {"AWS_ENDPOINT_URL_S3": endpoint, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test:tester", "AWS_SECRET_ACCESS_KEY": "testing"}


class S3:
    def __init__(self, folder):
        own = os.path.join(folder, "s3")
        os.mkdir(own)
        self.process = subprocess.Popen([s3_swift.__file__, own], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            print("there is no Swift (python3-swift)")
            sys.exit(77)
        self.port = int(line)
        self.env = environment(f"http://127.0.0.1:{self.port}")

    def order(self, what, nodes):
        for node in nodes:
            self.process.stdin.write(f"{what} {node}\n")
            self.process.stdin.flush()
            assert self.process.stdout.readline() == "ok\n"

    def down(self, *nodes):
        self.order("down", nodes)

    def up(self, *nodes):
        self.order("up", nodes)

    def read(self, name):
        """None when it is not there."""
        status, body = s3_swift.ask(self.port, "GET", f"{BUCKET}/{name}")
        assert status in (200, 404), (status, body)
        return body if status == 200 else None

    def names(self):
        """Of up to a thousand; a node that was gone may not know of the last yet."""
        status, body = s3_swift.ask(self.port, "GET", BUCKET)
        assert status == 200 and b"<IsTruncated>false<" in body, (status, body[:500])
        return re.findall(r"<Key>([^<]+)</Key>", body.decode())

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
