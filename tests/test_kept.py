"""Fragments that are rendered once for each value: none shows an old one."""

import types
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone, translation

from inbox import kept
from inbox.kept import Shown
from inbox.models import Marketplace, Outgoing, Tag, Thread, User
from inbox.pages.thread_rows import TagShown
from inbox.services.people import presence
from tests.builders import text_of
from tests.writing import change, needs_of, queued

FAILED = Outgoing.State.FAILED

VALUES = (str, int, float, bool, bytes, date, datetime, timedelta, type(None))


def every_shown() -> list[type[Shown]]:
    classes = [Shown]
    for one in classes:
        classes += one.__subclasses__()
    return classes[1:]


def is_value(hint: Any) -> bool:
    """Whether equal ones look alike: a row of the database does not say when it has changed."""
    if get_origin(hint) in (types.UnionType, Union, tuple):
        return all(is_value(one) for one in get_args(hint) if one is not ...)
    return isinstance(hint, type) and issubclass(hint, (*VALUES, Shown))


@pytest.mark.parametrize("shown", every_shown(), ids=lambda one: one.__name__)
def test_a_kept_value_holds_nothing_but_values(shown: type[Shown]) -> None:
    hints = get_type_hints(shown)

    assert {name for name, hint in hints.items() if not is_value(hint)} == set()
    assert vars(shown)["__dataclass_params__"].frozen


def renamed_marketplace(thread: Thread, _colleague: User) -> str:
    Marketplace.objects.filter(pk=thread.marketplace_id).update(name="Maison Rouge")
    return "Maison Rouge"


def assigned(thread: Thread, colleague: User) -> str:
    Thread.objects.filter(pk=thread.pk).update(assignee=colleague)
    return f"Assigned to {colleague.display_name}"


def renamed_assignee(thread: Thread, colleague: User) -> str:
    assigned(thread, colleague)
    User.objects.filter(pk=colleague.pk).update(first_name="Renata")
    return "Assigned to Renata"


def renamed_tag(thread: Thread, _colleague: User) -> str:
    thread.tags.add(Tag.objects.create(name="Before"))
    Tag.objects.update(name="Parcel lost")
    return "Parcel lost"


def another_preview(thread: Thread, _colleague: User) -> str:
    Thread.objects.filter(pk=thread.pk).update(preview="Where is my <lamp>?")
    return "Where is my &lt;lamp&gt;?"


def snoozed(thread: Thread, _colleague: User) -> str:
    Thread.objects.filter(pk=thread.pk).update(snoozed_until=timezone.now() + timedelta(days=1))
    return "Snoozed until"


def overdue(thread: Thread, _colleague: User) -> str:
    Thread.objects.filter(pk=thread.pk).update(due_at=timezone.now() - timedelta(hours=30))
    return "Overdue 30h"


def failed_reply(thread: Thread, colleague: User) -> str:
    change(queued(thread, colleague), state=FAILED, **needs_of(FAILED))
    return "Reply not sent"


def typing_colleague(thread: Thread, colleague: User) -> str:
    presence.record_presence(thread, colleague, presence.WRITING)
    return "is typing"


CHANGES = [
    *(renamed_marketplace, assigned, renamed_assignee, renamed_tag, another_preview, snoozed),
    *(overdue, failed_reply, typing_colleague),
]


@pytest.mark.django_db
@pytest.mark.parametrize("changes", CHANGES, ids=lambda one: one.__name__)
def test_a_changed_row_is_shown_as_it_is_now(
    agent: Client, waiting: Thread, bob: User, changes: Callable[[Thread, User], str]
) -> None:
    before = text_of(agent.get("/?view=all"))

    text = changes(waiting, bob)

    assert text not in before
    assert text in text_of(agent.get("/?view=all"))


@pytest.mark.django_db
def test_time_that_passes_is_shown(agent: Client, waiting: Thread) -> None:
    agent.get("/?view=all")
    Thread.objects.filter(pk=waiting.pk).update(due_at=timezone.now() + timedelta(hours=5.5))
    assert "5h 29m" in text_of(agent.get("/?view=all"))

    Thread.objects.filter(pk=waiting.pk).update(due_at=timezone.now() + timedelta(hours=3.5))

    assert "3h 29m" in text_of(agent.get("/?view=all"))


@pytest.mark.django_db
def test_each_reader_has_the_own_language_and_time_zone(agent: Client, alice: User) -> None:
    in_english = text_of(agent.get("/?view=all"))
    User.objects.filter(pk=alice.pk).update(language="de", time_zone="Pacific/Auckland")

    in_german = text_of(agent.get("/?view=all"))

    assert "Europe/" in in_english or "UTC" in in_english
    assert "Pacific/Auckland" in in_german
    assert "Überfällig" in in_german


def test_equal_values_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    render_once = Mock(side_effect=kept.render_once)
    monkeypatch.setattr(kept, "render_once", render_once)

    def tag(name: str) -> str:
        return kept.fragment("inbox/_tag.html", tag=TagShown(1, name, "teal"))

    first, again, other = tag("A new one"), tag("A new one"), tag("Another")

    assert first == again != other
    assert render_once.call_count == 2
    with translation.override("de"):
        tag("A new one")
    with timezone.override("Asia/Tokyo"):
        tag("A new one")
    assert render_once.call_count == 4
