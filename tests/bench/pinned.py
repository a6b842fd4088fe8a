"""What the benches of servers share: one process a core, and the CPU time that it took."""
import os

TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


def pinned(core, *words):
    return ["taskset", "-c", str(core), *words]


def cpu_seconds(pid):
    """Of the process and its children, for nginx works in one; and what of it is the kernel's."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        pids = [pid] + [int(child) for child in file.read().split()]
    user = kernel = 0
    for p in pids:
        with open(f"/proc/{p}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        user += int(fields[11])
        kernel += int(fields[12])
    return (user + kernel) / TICK, kernel / TICK
