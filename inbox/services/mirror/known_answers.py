"""Answers of Mirakl's that are in the mirror already, word for word.

Most threads of a delta have not changed since the last one. Their digests are stored with their
rows: mapping and writing them again would change nothing.
"""

from collections.abc import Collection
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec
from django.db.models import QuerySet

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.models.prepared import prepared
from inbox.services.mirakl_ids import stored_id

CODE = Path(__file__).parents[2]


def digest(record: mirakl.Thread) -> bytes:
    """The same for equal records that the same code reads; computed once for each."""
    computed = vars(record)
    if "digest" not in computed:
        whole = blake2b(msgspec.json.encode(record), digest_size=16, key=_code())
        computed["digest"] = whole.digest()
    found: bytes = computed["digest"]
    return found


@cache
def _code() -> bytes:
    """The digest of our code: another version of it may read an answer differently."""
    whole = blake2b(digest_size=16)
    for path in sorted(CODE.rglob("*.py")):
        whole.update(path.read_bytes())
    return whole.digest()


def select_changed(
    marketplace: Marketplace, records: Collection[mirakl.Thread]
) -> list[mirakl.Thread]:
    """Those of a page of M11 that are not in the mirror as they are here."""
    ids = sorted({stored_id(record.id) for record in records if record.id})
    if not ids:
        return []
    known = {key: bytes(found) for key, found in _digests(marketplace=marketplace.pk, ids=ids)}
    return [one for one in records if one.id and known.get(stored_id(one.id)) != digest(one)]


@prepared
def _digests(
    *, marketplace: int, ids: list[str]
) -> QuerySet[Thread, tuple[str, bytes | memoryview]]:
    rows = Thread.objects.filter(marketplace=marketplace, mirakl_id__in_array=ids)
    return rows.values_list("mirakl_id", "answer_digest")
