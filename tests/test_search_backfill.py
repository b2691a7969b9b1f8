"""Rows from before there were search texts are found once the migration has run."""

from importlib import import_module

import pytest
from django.db.models import QuerySet

from inbox.models import Marketplace, Message, Thread
from inbox.services import search, search_backfill
from tests.builders import show_inbox

WORD, NAME = "zanzibar", "Quetzalcoatl"


@pytest.fixture
def old(maison: Marketplace) -> QuerySet[Thread]:
    """Mirrored before there were search texts."""
    show_inbox(maison)
    Message.objects.update(body=f"<p>To {WORD.title()}</p>", search_text="")
    Thread.objects.update(customer_name=NAME, search_text="", search_names="")
    return Thread.objects.filter(messages__isnull=False).distinct()


def run_migration() -> None:
    migration = import_module("inbox.migrations.0024_fill_search").Migration
    (operation,) = migration.operations
    operation.code(None, None)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_it_fills_every_row(
    size: int, old: QuerySet[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_backfill, "STEP", size)
    assert not search.matching(old, WORD).exists()

    run_migration()

    assert set(search.matching(old, WORD)) == set(old)
    assert set(search.matching(old, NAME)) == set(old)
    assert not Thread.objects.filter(search_text="").exists()


def test_it_goes_on_where_it_was_stopped(
    old: QuerySet[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_backfill, "STEP", 3)
    search_backfill.fill_messages(0)
    assert Message.objects.exclude(search_text="").count() == 3

    search_backfill.fill()

    assert not Message.objects.filter(search_text="").exists()


def test_it_ends_although_a_message_holds_no_word(old: QuerySet[Thread]) -> None:
    Message.objects.update(body="🙂")

    search_backfill.fill()

    assert not Message.objects.exclude(search_text="").exists()


def test_it_fills_as_a_display_does(maison: Marketplace) -> None:
    show_inbox(maison)
    columns = ("pk", "search_names", "search_text")
    displayed = list(Thread.objects.order_by("pk").values_list(*columns))
    Thread.objects.update(search_text="", search_names="")

    search_backfill.fill()

    assert list(Thread.objects.order_by("pk").values_list(*columns)) == displayed


def test_it_keeps_no_table_locked() -> None:
    assert import_module("inbox.migrations.0024_fill_search").Migration.atomic is False
