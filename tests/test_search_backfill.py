"""Rows with older search texts are found as before, and in the new way after the backfill."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from inbox.models import Attachment, Marketplace, Message, Note, Thread, User
from inbox.models.searching import SEARCH_VERSION
from inbox.services.backfills import search_texts, steps
from inbox.services.search import full_text
from tests.builders import show_inbox

WORD, NAME = "Sørensen", "Quetzalcöatl"
MODELS = (Message, Thread, Note)


@pytest.fixture
def old(maison: Marketplace) -> QuerySet[Thread]:
    """A thread mirrored before other word forms were stored."""
    show_inbox(maison)
    texts = {"search_text": full_text.fold_before(WORD), "search_version": 0}
    Message.objects.update(body=f"<p>To {WORD}</p>", **texts)
    Thread.objects.update(
        customer_name=NAME,
        search_names=full_text.fold_before(NAME),
        search_text="",
        search_version=0,
    )
    return Thread.objects.filter(messages__isnull=False).distinct()


@pytest.mark.parametrize("query", [WORD, WORD.upper(), NAME])
def test_until_then_they_are_found_as_before(query: str, old: QuerySet[Thread]) -> None:
    assert set(full_text.matching(old, query)) == set(old)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_it_fills_every_row(
    size: int, old: QuerySet[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEP", size)
    assert not full_text.matching(old, "soerensen").exists()

    search_texts.fill()

    assert set(full_text.matching(old, "soerensen")) == set(old)
    assert set(full_text.matching(old, "quetzalcoeatl")) == set(old)
    assert not Thread.objects.filter(search_text="").exists()


def test_it_goes_on_where_it_was_stopped(
    old: QuerySet[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEP", 3)
    search_texts.fill_messages(0)
    assert Message.objects.filter(search_version=SEARCH_VERSION).count() == 3

    search_texts.fill()

    assert not Message.objects.filter(search_version=0).exists()


def test_it_ends_although_a_message_holds_no_word(old: QuerySet[Thread]) -> None:
    Message.objects.update(body="🙂")

    search_texts.fill()

    assert not Message.objects.filter(search_version=0).exists()


def test_it_fills_as_a_display_does(maison: Marketplace) -> None:
    show_inbox(maison)
    columns = ("pk", "search_names", "search_text")
    displayed = list(Thread.objects.order_by("pk").values_list(*columns))
    Thread.objects.update(search_text="", search_names="", search_version=0)

    search_texts.fill()

    assert list(Thread.objects.order_by("pk").values_list(*columns)) == displayed


def test_notes_and_names_of_files_are_filled_too(old: QuerySet[Thread], alice: User) -> None:
    message = Message.objects.filter(thread__in=old)[0]
    Attachment.objects.create(
        marketplace=message.marketplace,
        message=message,
        mirakl_id="f",
        name="Übergabeprotokoll.pdf",
    )
    note = Note.objects.create(
        thread=message.thread, author=alice, token="9" * 32, body="Wi-Fi?", search_version=0
    )

    search_texts.fill()

    assert list(full_text.matching(old, "uebergabeprotokoll")) == [message.thread]
    assert list(full_text.matching(old, "wifi")) == [note.thread]


def test_what_is_written_now_needs_no_filling(maison: Marketplace) -> None:
    show_inbox(maison)

    older = [one.objects.filter(search_version__lt=SEARCH_VERSION).count() for one in MODELS]

    assert older == [0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_no_writer_pays_for_what_others_have_left_pending(model: type[Model]) -> None:
    name = f"{model._meta.model_name}_search"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [name])
        (options,) = cursor.fetchone()

    assert options == ["fastupdate=off"]


@pytest.mark.django_db(transaction=True)
def test_each_step_is_committed_before_the_next(
    old: QuerySet[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEP", 1)
    filled: list[int] = []

    def step(after: int) -> int | None:
        with ThreadPoolExecutor(1) as elsewhere:
            filled.append(elsewhere.submit(filled_for_others).result())
        return search_texts.fill_messages(after)

    steps.run(step)

    assert filled == list(range(Message.objects.count() + 1))


def filled_for_others() -> int:
    """Returns the other connection's view, which waits for no row lock."""
    try:
        found = Message.objects.filter(search_version=SEARCH_VERSION).select_for_update(nowait=True)
        with transaction.atomic():
            return len(found)
    finally:
        connection.close()
