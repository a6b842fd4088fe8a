#!/usr/bin/python3
"""
An S3 server for tests: OpenStack Swift with s3api, three nodes that keep three replicas, of Debian's
python3-swift (so Debian's python3, not the first of $PATH).

	s3_swift.py FOLDER     everything is in FOLDER; makes the bucket `films`, says its port on
	                       stdout, then takes orders from stdin: `down N` kills node N (1 to
	                       3), `up N` starts it anew, each answered by `ok`; ends with its input
"""
import os
import signal
import socket
import sys

NODES = 3
KINDS = ("account", "container", "object")
SWIFT_CONF = """[swift-hash]
swift_hash_path_suffix = huren
[storage-policy:0]
name = one
default = yes
"""
NODE_CONF = """[DEFAULT]
devices = {folder}/node{node}
mount_check = false
disable_fallocate = true
swift_dir = {folder}
log_level = ERROR
log_address = /dev/null
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY_CONF = """[DEFAULT]
swift_dir = {folder}
log_level = ERROR
log_address = /dev/null
[pipeline:main]
pipeline = catch_errors gatekeeper cache bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 0.5
node_timeout = 5
error_suppression_interval = 1
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
paste.filter_factory = __main__:make_cache
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
user_test_reader = reading
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


class Cache:
    """What the proxy wants of memcached, in its own process."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def delete(self, key, **_):
        self.values.pop(key, None)


def make_cache(*_, **__):
    cache = Cache()

    def wrap(app):
        def call(environ, start_response):
            environ["swift.cache"] = cache
            return app(environ, start_response)
        return call
    return wrap


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def make_rings(folder, sockets):
    from swift.common.ring import RingBuilder
    for at, kind in enumerate(KINDS):
        builder = RingBuilder(4, NODES, 0)
        for node in range(NODES):
            port = sockets[node][at].getsockname()[1]
            builder.add_dev({"region": 1, "zone": node + 1, "ip": "127.0.0.1", "port": port,
                             "replication_ip": "127.0.0.1", "replication_port": port,
                             "device": "disk", "weight": 1, "meta": ""})
        builder.rebalance()
        builder.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))


def serve(pairs):
    """In a child: each application on its socket, until it is killed."""
    import eventlet
    from eventlet import wsgi
    from swift.common.wsgi import loadapp, SwiftHttpProtocol
    quiet = open(os.devnull, "w")

    def one(conf, listener):
        wsgi.server(listener, loadapp(conf), quiet, protocol=SwiftHttpProtocol, log_output=False,
                    custom_pool=eventlet.GreenPool(256))

    threads = [eventlet.spawn(one, conf, eventlet.greenio.GreenSocket(listener))
               for conf, listener in pairs]
    for thread in threads:
        thread.wait()


def start(pairs, others):
    """`others` are sockets that a child has no business with: they would seem to be listened on."""
    pid = os.fork()
    if pid == 0:
        try:
            for other in others:
                other.close()
            import ctypes
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            serve(pairs)
        finally:
            os._exit(1)
    return pid


def stop(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def listen(port=0):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def ask(port, method, path, query=""):
    """(status, body) of what test:tester asks. Signature Version 2 is short."""
    import base64, email.utils, hashlib, hmac, http.client
    date = email.utils.formatdate(usegmt=True)
    signature = base64.b64encode(hmac.digest(b"testing", f"{method}\n\n\n{date}\n{path}".encode(),
                                             hashlib.sha1)).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path + query, headers={
        "Date": date, "Authorization": f"AWS test:tester:{signature}"})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def make_bucket(port):
    """The first thing that is asked: it waits for all of them."""
    status, _ = ask(port, "PUT", "/films")
    if status != 200:
        sys.exit(f"no bucket: {status}")


def pairs_of(folder, node, sockets):
    return [(os.path.join(folder, f"{kind}{node + 1}.conf"), s) for kind, s in zip(KINDS, sockets)]


def main():
    folder = os.path.abspath(sys.argv[1])
    try:
        import swift.common.utils
        import swift.common.wsgi
    except ImportError:
        sys.exit(77)
    swift.common.utils.eventlet_monkey_patch()
    write(folder, "swift.conf", SWIFT_CONF)
    swift.common.utils.set_swift_dir(folder)
    sockets = [[listen() for _ in KINDS] for _ in range(NODES)]
    ports = [[s.getsockname()[1] for s in own] for own in sockets]
    make_rings(folder, sockets)
    for node in range(NODES):
        os.makedirs(os.path.join(folder, f"node{node + 1}", "disk"))
        for kind in KINDS:
            write(folder, f"{kind}{node + 1}.conf",
                  NODE_CONF.format(folder=folder, node=node + 1, kind=kind))
    write(folder, "proxy.conf", PROXY_CONF.format(folder=folder))
    # Imported once, here, for all who are forked.
    import swift.account.server, swift.container.server, swift.obj.server, swift.proxy.server
    import swift.common.middleware.s3api.s3api

    front = listen()
    nodes = []
    for node, own in enumerate(sockets):
        others = [s for n, several in enumerate(sockets) for s in several if n > node]
        nodes.append(start(pairs_of(folder, node, own), others + [front]))
        for s in own:
            s.close()
    proxy = start([(os.path.join(folder, "proxy.conf"), front)], [])
    port = front.getsockname()[1]
    front.close()
    make_bucket(port)
    print(port, flush=True)
    for line in sys.stdin:
        order, number = line.split()
        node = int(number) - 1
        if order == "down":
            stop(nodes[node])
        else:
            nodes[node] = start(pairs_of(folder, node, [listen(p) for p in ports[node]]), [])
        print("ok", flush=True)
    for pid in nodes + [proxy]:
        try:
            stop(pid)
        except OSError:
            pass


if __name__ == "__main__":
    main()
