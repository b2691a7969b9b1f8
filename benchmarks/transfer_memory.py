"""Measures the client's memory for sending and fetching the largest file that Mirakl accepts.

    python -m benchmarks.transfer_memory

Each direction runs in its own process, against a sandbox in another. The output is the growth of
the process's peak resident memory since it was ready. Files are streamed in both directions, so a
few MB are right and 30 MB are not: the benchmark fails above 8 MB.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

from inbox import mirakl

ROOT = Path(__file__).resolve().parent.parent
FILE_BYTES = 29_900_000
MOST_GROWTH = 8_000_000
MEGABYTE = 1_000_000
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
TO = [mirakl.Recipient("CUSTOMER")]


def main() -> None:
    with tempfile.NamedTemporaryFile(suffix=".bin") as file, sandbox() as url:
        write_noise(Path(file.name))
        sent = grown(upload, url, file.name)
        fetched = grown(download, url, file.name)
    print(f"{FILE_BYTES / MEGABYTE:.1f} MB through the client; its peak memory grew by")
    print(f"  {sent / MEGABYTE:.1f} MB to send them")
    print(f"  {fetched / MEGABYTE:.1f} MB to fetch them")
    if max(sent, fetched) > MOST_GROWTH:
        sys.exit("That is more than a stream takes.")


@contextmanager
def sandbox() -> Iterator[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            words = process.stdout.readline().split()
            yield next(word for word in words if word.startswith("http"))
        finally:
            process.terminate()


def write_noise(path: Path) -> None:
    with path.open("wb") as file:
        for number in range(FILE_BYTES // 100_000):
            file.write(sha256(str(number).encode()).digest() * 3_125)


def grown(transfer: Callable[[str, str], int], url: str, path: str) -> int:
    # Uses a new process: the peak of one direction would hide the other's.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(transfer, url, path).result()


def upload(url: str, path: str) -> int:
    def begin() -> BinaryIO:
        return Path(path).open("rb")

    client = connect(url)
    thread = a_thread(client)
    files = [mirakl.Upload("large.bin", begin, Path(path).stat().st_size)]

    before = peak()
    client.reply(thread.id, body="A large file", to=TO, files=files)
    return peak() - before


def download(url: str, path: str) -> int:
    client = connect(url)
    attachment = a_thread(client).messages[-1].attachments[0]
    digest = sha256()

    before = peak()
    with client.download(attachment.id) as file:
        for chunk in file.chunks:
            digest.update(chunk)
    growth = peak() - before

    assert digest.digest() == sha256(Path(path).read_bytes()).digest()
    return growth


def connect(url: str) -> mirakl.MiraklClient:
    return mirakl.MiraklClient(url, mirakl.ShopKeyAuth("sandbox-shop-maison"), shop_id=2001)


def a_thread(client: mirakl.MiraklClient) -> mirakl.Thread:
    """Returns the same thread at each call, with a customer who can be written to."""
    threads = client.list_threads(entity_type="MMP_ORDER", limit=100).threads
    thread = min(
        (one for one in threads if "CUSTOMER" in {to.type for to in one.authorized_participants}),
        key=lambda one: one.id,
    )
    return client.read_thread(thread.id)


def peak() -> int:
    """Returns the peak memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT


if __name__ == "__main__":
    main()
