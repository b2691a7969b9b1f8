"""Answers of Mirakl's that are in the mirror already, word for word.

Most threads of a delta have not changed since the last one. Their digests are stored with their
rows: mapping and writing them again would change nothing.
"""

from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from inbox import mirakl
from inbox.models import Marketplace, Thread

CODE = Path(__file__).parents[2]


def digest(record: mirakl.Thread) -> bytes:
    """The same for equal records that the same code reads."""
    return blake2b(msgspec.json.encode(record), digest_size=16, key=_code()).digest()


@cache
def _code() -> bytes:
    """The digest of our code: another version of it may read an answer differently."""
    whole = blake2b(digest_size=16)
    for path in sorted(CODE.rglob("*.py")):
        whole.update(path.read_bytes())
    return whole.digest()


def changed(marketplace: Marketplace, newest: dict[str, mirakl.Thread]) -> dict[str, mirakl.Thread]:
    """Those of a page of M11, by stored id, that are not in the mirror as they are here."""
    digests = {key: digest(record) for key, record in newest.items()}
    rows = Thread.objects.filter(marketplace=marketplace, mirakl_id__in=newest)
    known = {key: bytes(stored) for key, stored in rows.values_list("mirakl_id", "answer_digest")}
    return {key: record for key, record in newest.items() if known.get(key) != digests[key]}
