"""An erased customer is nowhere, and nothing that is older brings them back."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as now_set
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from inbox.models import (
    CannedReply,
    Draft,
    DraftFile,
    Erasure,
    ErasureMark,
    Marketplace,
    Message,
    Note,
    Outgoing,
    OutgoingFile,
    Participant,
    SavedView,
    Span,
    Tag,
    Thread,
    User,
)
from inbox.sandbox.server import Running
from inbox.services.marketplaces import erasure_marks, orders
from inbox.services.mirror import sync
from inbox.services.people import notes
from inbox.services.privacy import dossiers, erasing
from inbox.services.privacy.stores import STORES
from inbox.services.privacy.subjects import find_subject
from inbox.services.privacy.without import WITHOUT
from tests.reading import ago, message, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)

NAME, CUSTOMER = "Zerlina Quibblewick", "customer-zq-77"
MARKERS = ("quibblewick", "zerlina", CUSTOMER, "zq-file")
FILE = {"id": "f1", "name": "zq-file.png", "size": 9}
HER: dict[str, Any] = {"type": "CUSTOMER", "id": CUSTOMER, "display_name": NAME}
SHOP = {"type": "SHOP", "id": "2001", "display_name": "Shop"}


def written(key: str, at: str, body: str, **more: Any) -> dict[str, Any]:
    sender = {"type": "CUSTOMER_USER", "display_name": NAME}
    return message(key, "CUSTOMER", at, body=body, **({"from": sender} | more))


def conversation(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    entity = {"type": "MMP_ORDER", "id": "order-zq", "label": "order-1"}
    return thread_of(
        *messages,
        **{
            "date_updated": ago(minutes=30),
            "entities": [entity],
            "authorized_participants": [HER, SHOP],
            "current_participants": [HER, SHOP],
            "topic": {"type": "FREE_TEXT", "value": f"For {NAME}"},
            **changes,
        },
    )


OLD = conversation(written("m1", ago(hours=5), f"I am {NAME}", attachments=[FILE]))


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Any) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.json")
    settings.THREAD_DEADLINE_SECONDS = 20


@pytest.fixture
def read(maison: Marketplace, mirakl: Mirakl) -> Any:
    """Reads a conversation as Mirakl shows it now."""

    def read(record: dict[str, Any], where: Marketplace = maison) -> Thread | None:
        mirakl.fails("M10", status=200, body=record)
        return sync.open_thread(where, "thread-1", force=True).thread

    return read


SEARCH = """
SELECT format(
    'SELECT %L WHERE EXISTS (SELECT 1 FROM %I WHERE lower(%s) ~ %L)',
    table_name || '.' || column_name, table_name,
    format(CASE data_type WHEN 'bytea' THEN 'encode(%I, ''escape'')' ELSE '%I::text' END,
           column_name),
    %(markers)s::text
)
FROM information_schema.columns
WHERE table_schema = 'public'
    AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'tsvector', 'ARRAY')
"""


def found() -> list[str]:
    """Where the customer still is: in every column of the database, in Redis, on the disk."""
    with connection.cursor() as cursor:
        cursor.execute(SEARCH.replace("%L", "%%L").replace("%I", "%%I").replace("(%s)", "(%%s)"),
                       {"markers": "|".join(MARKERS)})  # fmt: skip
        cursor.execute(" UNION ALL ".join(query for (query,) in cursor.fetchall()))
        places = [place for (place,) in cursor.fetchall()]
    redis = Redis.from_url(now_set.REDIS_URL)
    for key in redis.scan_iter():
        value = key + (redis.dump(key) or b"")
        if any(marker.encode() in value.lower() for marker in MARKERS):
            places.append(f"redis {key!r}")
    for path in Path(str(now_set.MEDIA_ROOT)).rglob("*"):
        if path.is_file() and b"quibblewick" in path.read_bytes().lower():
            places.append(str(path))
    return sorted(places)


def fill(thread: Thread, alice: User) -> None:
    """The customer, through every feature that stores something."""
    notes_of(thread, alice)
    draft = Draft.objects.create(
        user=alice, marketplace=thread.marketplace, thread=thread, body=f"Dear {NAME}"
    )
    file = ContentFile(f"for {NAME}".encode(), "zq-file.txt")
    DraftFile.objects.create(draft=draft, name="zq-file.txt", size=3, file=file)
    sent = Outgoing.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        body=f"Dear {NAME}",
        recipients=[Participant("CUSTOMER", CUSTOMER, NAME)],
        state=Outgoing.State.FAILED,
        settled_at=timezone.now(),
        error=f"refused for {NAME}",
    )
    file = ContentFile(f"for {NAME}".encode(), "zq-file.txt")
    OutgoingFile.objects.create(outgoing=sent, name="zq-file.txt", size=3, file=file)
    Tag.objects.create(name="Zerlina Quibblewick!")
    CannedReply.objects.create(name=f"For {NAME}", body=f"Hello {NAME}, …")
    SavedView.objects.create(owner=alice, name="Hers", query="q=Zerlina+Quibblewick")


def notes_of(thread: Thread, alice: User) -> None:
    for text in (f"{NAME} called", "Paid twice"):
        notes.add(thread, by=alice, body=text, token=uuid.uuid4())


def erase(marketplace: Marketplace, whom: str = CUSTOMER) -> Erasure:
    return erasing.erase(find_subject(marketplace, whom), notes=Erasure.Notes.NAMED)


# -- everywhere ------------------------------------------------------------------


def test_nothing_is_left_anywhere(read: Any, maison: Marketplace, alice: User) -> None:
    thread = read(OLD)
    fill(thread, alice)
    span = Span.objects.get()
    assert {"inbox_message.body", "inbox_message.search", "inbox_note.body"} <= set(found())
    assert [one for one in found() if one.startswith("/")]

    erase(maison)

    assert found() == []
    assert Message.objects.get().sender_type == "CUSTOMER_USER"
    assert [one.body for one in Note.objects.all()] == ["Paid twice"]
    assert (Span.objects.get().asked_at, span.pk) == (span.asked_at, Span.objects.get().pk)
    assert Outgoing.objects.get().state == Outgoing.State.DISCARDED


def test_what_mirakl_still_shows_comes_back_by_no_reading(
    read: Any, maison: Marketplace, alice: User, sandbox: Running, mirakl: Mirakl
) -> None:
    read(OLD)
    erase(maison)
    second = Marketplace.objects.create(name="Again", slug="again", base_url=maison.base_url)
    second.sealed_credential = maison.sealed_credential
    second.save()
    maison.refresh_from_db()
    assert maison.has_erasures and second.has_erasures  # noqa: PT018

    assert read(OLD)
    assert read(OLD, second) is None
    page = {"data": [OLD]}
    mirakl.fails("M11", status=200, body=page)
    for one in (maison, second):
        one.mirror.write({"refreshed_at": None})
        sync.refresh([one], deadline=None)
    sync.fetch_order_threads(maison, "order-zq")

    assert found() == []
    assert not Thread.objects.filter(marketplace=second).exists()


def test_what_the_customer_writes_later_is_shown(read: Any, maison: Marketplace) -> None:
    read(OLD)
    erase(maison)
    maison.refresh_from_db()
    Erasure.objects.update(at=timezone.now() - timedelta(hours=4))
    newer = written("m2", ago(hours=1), "A new question")
    thread = read({**OLD, "messages": [*OLD["messages"], newer]})

    texts = Message.objects.order_by("created_at").values_list("body", flat=True)
    assert [*texts] == ["", "A new question"]
    assert thread.customer_name == NAME
    erasing.finish()
    assert [*texts.all()] == ["", "A new question"]


def test_an_erasure_that_was_cut_off_goes_on(
    read: Any, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(OLD)
    monkeypatch.setattr(erasing, "go_on", lambda erasure: None)
    erase(maison)
    assert found()
    monkeypatch.undo()

    erasing.finish()

    assert found() == []
    assert Erasure.objects.get().finished_at is None
    Erasure.objects.update(at=timezone.now() - timedelta(minutes=3))
    erasing.finish()
    assert Erasure.objects.get().finished_at is not None


def test_an_answer_that_was_under_way_is_erased_at_the_end(read: Any, maison: Marketplace) -> None:
    read(OLD)
    erase(maison)
    # This process still has the marketplace as it was.
    assert not maison.has_erasures
    read(OLD)
    assert found()

    erasing.finish()

    assert found() == []


def test_marks_in_the_file_erase_in_another_database(
    read: Any, maison: Marketplace, settings: Settings
) -> None:
    read(OLD)
    erase(maison)
    stored = erasing.read_file(Path(settings.ERASURES_FILE))
    assert stored
    # As a backup from before: without the marks, with the customer.
    ErasureMark.objects.all().delete()
    Erasure.objects.all().delete()
    Marketplace.objects.update(has_erasures=False)
    read(OLD)
    assert found()

    assert erasing.erase_again(stored) == len(stored.marks) == 3

    assert found() == []
    assert Marketplace.objects.get().has_erasures


def test_a_message_on_its_way_is_waited_for(read: Any, maison: Marketplace) -> None:
    thread = read(OLD)
    Outgoing.objects.create(marketplace=maison, thread=thread, body="Dear Zerlina")

    with pytest.raises(erasing.StillSending):
        erase(maison)

    assert not Erasure.objects.exists()


# -- orders --------------------------------------------------------------------------


def test_an_order_of_an_erased_customer_is_not_shown(maison: Marketplace) -> None:
    thread = Thread.objects.create(
        marketplace=maison,
        mirakl_id="T",
        entity_type="MMP_ORDER",
        entity_id="MV-1016-A",
        last_message_at=timezone.now(),
    )
    shown = orders.fetch_order(maison, thread.entity_id)
    assert shown

    erase(maison, "T")

    maison.refresh_from_db()
    assert orders.fetch_order(maison, thread.entity_id) is None
    assert orders.build_panel(maison, thread.entity_id).words.startswith("The customer of this")
    assert not erasure_marks.is_erased_order(maison, "MV-1")


def test_a_marketplace_without_erasures_asks_nothing(
    maison: Marketplace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert erasure_marks.strip(maison, {}, ()) == {}
        assert not erasure_marks.is_erased_order(maison, "order-zq")


# -- the register ---------------------------------------------------------------------


def test_every_model_is_in_the_register_once() -> None:
    """A new model holds data of customers, or says here that it does not."""
    ours = {"admin", "auth", "contenttypes", "inbox", "sessions"}
    every = {one for one in apps.get_models() if one._meta.app_label in ours}
    named = [model for store in STORES for model in store.models]

    assert every == {*named, *WITHOUT}
    assert len(named) == len(set(named))
    assert not WITHOUT & set(named)


def test_a_dossier_has_all_that_is_known(read: Any, maison: Marketplace, alice: User) -> None:
    fill(read(OLD), alice)

    text = dossiers.as_json(dossiers.build_dossier(find_subject(maison, "thread-1"))).decode()

    for part in (f"I am {NAME}", CUSTOMER, "zq-file.png", f"Dear {NAME}", "Paid twice", "order-zq"):
        assert part in text
