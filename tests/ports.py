"""Free ports for servers that tests start.

The kernel gives ports of its own range to connections, of all processes and at any time. These are
below that range, so a port stays free until its server has begun.
"""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000


def free_port(in_a_row: int = 1) -> int:
    """The first of so many ports that are free on this machine."""
    chance = random.SystemRandom()
    while True:
        first = chance.randrange(LOWEST, HIGHEST)
        if all(_is_free(port) for port in range(first, first + in_a_row)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
