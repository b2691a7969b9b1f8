"""CPU time of processes. Linux only."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> Iterator[int]:
    """The processes below this one."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children[parent].append(int(stat.parent.name))
    waiting = children[pid]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += children[one]


def used(pids: list[int]) -> dict[int, int]:
    """Nanoseconds by process, with its children that have ended."""
    found = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            # As clock_getcpuclockid() of the C library computes it.
            itself = time.clock_gettime_ns(~pid << 3 | 2)
        except OSError:
            continue
        found[pid] = itself + (int(fields[13]) + int(fields[14])) * TICK_NS
    return found


def total() -> float:
    """Milliseconds of all processes below this one."""
    return sum(used(list(descendants(os.getpid()))).values()) / 1e6


def milliseconds(run: Callable[[], object]) -> float:
    """What all processes below this one use meanwhile, databases and servers included."""
    before = used(list(descendants(os.getpid())))
    run()
    after = used(list(descendants(os.getpid())))
    return sum(after[pid] - before.get(pid, 0) for pid in after) / 1e6
