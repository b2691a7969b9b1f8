"""Fragments that are rendered once for each value: none shows an old one."""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone, translation

from inbox import kept
from inbox.dates import format_exact
from inbox.kept import Shown
from inbox.models import Marketplace, Outgoing, Tag, Thread, User
from inbox.pages.thread_rows import TagShown
from inbox.services.people import presence
from tests.builders import HTMX, text_of
from tests.html import Page
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


def sidebar_of(client: Client) -> str:
    """With the counts beside the marketplaces and the queues."""
    return text_of(client.get("/drafts/")).partition('id="sidebar-entries"')[2].partition("foot")[0]


def recoloured(marketplace: Marketplace) -> str:
    Marketplace.objects.filter(pk=marketplace.pk).update(colour=Marketplace.Colour.PURPLE)
    return 'data-colour="purple"'


def failing(marketplace: Marketplace) -> str:
    marketplace.mirror.write({"failing_since": timezone.now(), "failures": 1})
    return 'data-state="down"'


def read_again(marketplace: Marketplace) -> str:
    marketplace.mirror.write({"refreshed_at": datetime(2026, 3, 1, 13, 7, tzinfo=UTC)})
    return format_exact(datetime(2026, 3, 1, 13, 7, tzinfo=UTC))


def another_count(marketplace: Marketplace) -> str:
    for number in range(41):
        at, name = timezone.now() + timedelta(hours=9), f"T-{number}"
        moments: dict[str, Any] = {"due_at": at, "last_message_at": timezone.now()}
        Thread.objects.create(marketplace=marketplace, mirakl_id=name, **moments)
    return ">42</span>"


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [recoloured, failing, read_again, another_count])
def test_a_changed_sidebar_is_shown_as_it_is_now(
    agent: Client, waiting: Thread, changes: Callable[[Marketplace], str]
) -> None:
    before = sidebar_of(agent)

    text = changes(waiting.marketplace)

    assert text not in before
    assert text in sidebar_of(agent)


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


def test_what_a_page_fills_in_is_its_own_and_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    render_once = Mock(side_effect=kept.render_once)
    kept._pieces.cache_clear()
    monkeypatch.setattr(kept, "render_once", render_once)

    def unsnooze(url: str) -> str:
        return kept.fragment("inbox/_unsnooze.html", {"url": url, "csrf_token": "token"})

    one, other = unsnooze("/one/"), unsnooze('/"><script>/')

    assert 'action="/one/"' in one
    assert 'action="/&quot;&gt;&lt;script&gt;/"' in other
    assert kept.MARK not in one + other
    assert render_once.call_count == 1


def test_a_template_that_does_more_than_copy_fails_its_tests() -> None:
    with pytest.raises(AssertionError, match="does more than copy"):
        kept.fragment("inbox/_few_tags.html", {"tags": ""})


def menus_of(client: Client, thread: Thread) -> str:
    return text_of(client.get(f"{thread.get_absolute_url()}panes/", headers=HTMX))


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [renamed_assignee, renamed_tag], ids=lambda one: one.__name__)
def test_the_menus_of_a_conversation_are_as_they_are_now(
    agent: Client, waiting: Thread, bob: User, changes: Callable[[Thread, User], str]
) -> None:
    before = menus_of(agent, waiting)

    text = changes(waiting, bob).removeprefix("Assigned to ")

    assert text not in before
    assert text in menus_of(agent, waiting)


def tokens_in(page: str) -> set[str]:
    return set(Page(page).get_all("value", name="csrfmiddlewaretoken"))


@pytest.mark.django_db
def test_the_menus_of_a_page_have_its_token(agent: Client, waiting: Thread) -> None:
    one, other = (tokens_in(menus_of(agent, waiting)) for _page in range(2))

    assert len(one) == len(other) == 1
    assert one != other
