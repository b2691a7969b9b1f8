"""Erases one customer everywhere, and again in what was being stored at that moment."""

import logging
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from inbox.models import Erasure, ErasureKey, ErasureMark, Marketplace, Outgoing
from inbox.services import audit
from inbox.services.locks import lock_marketplace, lock_named
from inbox.services.marketplaces import erasure_marks
from inbox.services.privacy.stores import STORES
from inbox.services.privacy.subjects import Subject, find_erased

log = logging.getLogger(__name__)

# A display may have asked a marketplace before the erasure and store its answer after it.
DISPLAYS_TAKE = timedelta(minutes=2)
State = Outgoing.State
MOVING = [State.QUEUED, State.SENDING, State.UNCONFIRMED]


class StillSending(Exception):
    """A message to the customer is on its way: its end must be known first."""


def count(subject: Subject) -> list[tuple[str, str, int]]:
    """Label, content and number of each store that can be counted."""
    return [(str(one.label), str(one.holds), one.find(subject)) for one in STORES]


def erase(subject: Subject, *, notes: str) -> Erasure:
    """Raises StillSending. The marks are committed first: they hold if the rest is cut off."""
    if subject.replies.filter(state__in=MOVING).exists():
        raise StillSending
    with transaction.atomic():
        lock_named("erasure")
        host = subject.marketplaces[0].origin
        erasure = Erasure.objects.create(host=host, notes=notes)
        erasure_marks.mark(erasure, subject.marks)
        mark_host(host)
        audit.record(
            audit.Kind.ERASED,
            about=erasure,
            details={"conversations": len(subject.threads), "orders": len(subject.orders)},
        )
    write_file()
    go_on(erasure)
    return erasure


def mark_host(host: str) -> None:
    """Let all connections to the host ask the marks from now on."""
    pks = [one.pk for one in Marketplace.objects.all() if one.origin == host]
    Marketplace.objects.filter(pk__in=pks).update(has_erasures=True)


@transaction.atomic
def go_on(erasure: Erasure) -> None:
    """Erase what is stored and older than the erasure, in one transaction."""
    erasure.refresh_from_db()
    subject = find_erased(erasure)
    for marketplace in sorted(subject.marketplaces, key=lambda one: one.pk):
        lock_marketplace(marketplace)
    for store in STORES:
        store.erase(subject, erasure.at)
    done = Erasure.objects.filter(pk=erasure.pk, finished_at=None)
    done.filter(at__lt=Now() - DISPLAYS_TAKE).update(finished_at=Now())


def finish() -> int:
    """Go on with unfinished erasures: cut off, or too new to be sure. Returns how many there were.

    Each is done a last time once no display of before can store anything any more.
    """
    unfinished = list(Erasure.objects.filter(finished_at=None).order_by("pk"))
    for erasure in unfinished:
        go_on(erasure)
    return len(unfinished)


# -- beside the backups -----------------------------------------------------------


class StoredMark(msgspec.Struct, frozen=True):
    host: str
    digest: str
    notes: str
    at: datetime


class StoredMarks(msgspec.Struct, frozen=True):
    """All marks, with their keys as sealed in the database."""

    keys: list[str]
    marks: list[StoredMark]


def read_marks() -> StoredMarks:
    """Those of the database."""
    marks = ErasureMark.objects.select_related("erasure").order_by("pk")
    return StoredMarks(
        keys=list(ErasureKey.objects.order_by("pk").values_list("sealed_credential", flat=True)),
        marks=[
            StoredMark(one.erasure.host, bytes(one.digest).hex(), one.erasure.notes, one.erasure.at)
            for one in marks
        ],
    )


def write_file(path: Path | None = None) -> None:
    """Write all marks to ERASURES_FILE, or to another: whole, or not at all. None without marks."""
    stored = read_marks()
    if not stored.marks:
        return
    place = path or Path(settings.ERASURES_FILE)
    unfinished = place.with_name(f"{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.format(msgspec.json.encode(stored), indent=1)
        unfinished.write_bytes(text)
        os.replace(unfinished, place)
    except OSError as error:
        log.warning("the marks of erasures could not be written: %s", error)


def read_file(path: Path) -> StoredMarks | None:
    """None if there is no such file, or it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=StoredMarks)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("the marks of erasures in %s cannot be read: %s", path.name, error)
        return None


@transaction.atomic
def erase_again(stored: StoredMarks) -> int:
    """Add the marks that a restored database lacks, and erase by them. Returns how many it lacked.

    Nobody works on the desk meanwhile: it is done at once.
    """
    known = set(ErasureKey.objects.values_list("sealed_credential", flat=True))
    for key in stored.keys:
        if key not in known:
            ErasureKey.objects.create(sealed_credential=key)
    have = {bytes(one).hex() for one in ErasureMark.objects.values_list("digest", flat=True)}
    lacking = [one for one in stored.marks if one.digest not in have]
    for (host, notes, at), digests in _grouped(lacking).items():
        erasure = Erasure.objects.create(host=host, notes=notes, at=at)
        rows = [ErasureMark(erasure=erasure, digest=bytes.fromhex(one)) for one in digests]
        ErasureMark.objects.bulk_create(rows, ignore_conflicts=True)
        mark_host(host)
    finish()
    return len(lacking)


def _grouped(marks: list[StoredMark]) -> Mapping[tuple[str, str, datetime], list[str]]:
    groups: dict[tuple[str, str, datetime], list[str]] = {}
    for one in marks:
        groups.setdefault((one.host, one.notes, one.at), []).append(one.digest)
    return groups
