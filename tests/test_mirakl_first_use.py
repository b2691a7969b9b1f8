"""The first use of the records in several threads at once, each time in a new process."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# With this switching interval most processes would hit a race.
CHILD = """
import json, sys, threading
from inbox import mirakl
from inbox.mirakl import wire
from inbox.mirakl.decoding import decode_list

sender = {"type": "SHOP_USER", "organization_details": {"type": "SHOP", "id": "7"}}
message = {"id": "m-1", "from": sender, "to": [{"type": "CUSTOMER"}], "attachments": [{"id": "a"}]}
thread = {"id": "t-1", "topic": {"type": "FREE_TEXT"}, "metadata": {"last_sender": sender}}
order = {"order_id": "1", "customer": {"shipping_address": {}}, "order_lines": [{"refunds": [{}]}]}
ANSWERS = {
    mirakl.Thread: json.dumps({"data": [thread | {"messages": [message]}] * 50}).encode(),
    mirakl.Order: json.dumps({"data": [order] * 50}).encode(),
}
together = threading.Barrier(8)
readings = []

def read():
    together.wait()
    for kind, answer in ANSWERS.items():
        listed = decode_list(kind, answer, "data")
        readings.append((len(listed.items), listed.skipped))
    wire.multipart("message_input", {"topic": mirakl.Topic("FREE_TEXT", "Delivery")}, [])

sys.setswitchinterval(0.00005)
readers = [threading.Thread(target=read) for _ in range(8)]
for reader in readers: reader.start()
for reader in readers: reader.join()
sys.exit(readings != [(50, 0)] * 16)
"""


@pytest.mark.parametrize("process", range(10))
def test_threads_that_decode_for_the_first_time_together_do_not_crash(process: int) -> None:
    child = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, capture_output=True, text=True)

    assert (child.returncode, child.stderr) == (0, "")


def test_no_decoder_is_built_at_its_first_use() -> None:
    sources = [*ROOT.glob("inbox/**/*.py"), *ROOT.glob("helpdesk/**/*.py")]
    typed = re.compile(r"msgspec\.(json|msgpack)\.decode\([^)]*type=")

    assert [path for path in sources if typed.search(path.read_text())] == []
