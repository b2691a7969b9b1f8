"""A search result marks the terms in its conversation, and no fold hides them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.safestring import SafeString

from inbox import sanitize
from inbox.models import Message, Thread
from inbox.services.mirror import sync
from inbox.services.search import full_text, highlights
from tests.builders import text_of
from tests.html import Element, Page

pytestmark = pytest.mark.django_db

BODY = (
    "<p>It never came, see O'Reilly &amp; Sons &lt;3</p>"
    '<div class="gmail_quote"><p>On 3 May, Jo &lt;jo@mail.example&gt; wrote:</p>'
    "<blockquote><p>Your turbine leaves today</p></blockquote></div>"
)


@pytest.fixture
def found(agent: Client, waiting: Thread, monkeypatch: pytest.MonkeyPatch) -> Message:
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(hours=1))
    agent.get(waiting.get_absolute_url())
    message = waiting.messages.latest("created_at")
    Message.objects.filter(pk=message.pk).update(body=BODY)
    return message


def arrive(client: Client, message: Message, looked_for: str) -> Element:
    """Opens the search result and returns the bubble of the message."""
    address = message.get_absolute_url().partition("#")[0]
    page = text_of(client.get(address, {"message": message.mirakl_id, "q": looked_for}))
    (bubble,) = Page(page).find("section", id=f"message-{message.mirakl_id}")
    return bubble


def marked(markup: str, looked_for: str) -> str:
    body = sanitize.render(markup)
    return sanitize.marked(body, highlights.Marker(full_text.find_terms(looked_for)).spans).html


@pytest.mark.parametrize(
    ("looked_for", "shown"),
    [
        ("reilly", "O'<mark>Reilly</mark> &amp; Sons"),
        ("oreilly", "<mark>O'Reilly</mark>"),
        ("O'Reilly", "<mark>O'Reilly</mark>"),
        ("amp", "Reilly &amp; Sons"),
        ("lt 3", "&lt;<mark>3</mark>"),
        ('"reilly sons"', "<mark>Reilly &amp; Sons</mark>"),
    ],
)
def test_only_text_is_marked(looked_for: str, shown: str) -> None:
    assert shown in marked("See O'Reilly & Sons <3", looked_for)


@pytest.mark.parametrize("odd", ["&#0;", "&#1;", "&#128;", "&#xfffe;", "&bogus;", "&;", "&"])
def test_odd_entities_are_left_alone(odd: str) -> None:
    body = replace(sanitize.render(""), html=SafeString(f"a {odd} lamp"))

    again = sanitize.marked(body, highlights.Marker(full_text.find_terms("lamp")).spans)

    assert again.html == f"a {odd} <mark>lamp</mark>"


def test_a_phrase_is_marked_across_tags() -> None:
    again = marked("<p>the <b>blue</b> lamp</p>", '"blue lamp"')

    assert again == "<p>the <b><mark>blue</mark></b><mark> lamp</mark></p>"


@pytest.mark.parametrize("looked_for", ["href", "title", "parcel", "blank", "noopener", "a"])
def test_no_tag_is_touched(looked_for: str) -> None:
    markup = '<p><a href="https://parcel.example/a?b>parcel">a parcel</a></p>'
    plain = sanitize.render(markup).html

    again = marked(markup, looked_for)

    assert again.replace("<mark>", "").replace("</mark>", "") == plain
    assert list(Page(again).find("a")) == list(Page(plain).find("a"))


def test_a_hit_in_the_history_opens_its_fold(agent: Client, found: Message) -> None:
    bubble = arrive(agent, found, "turbine")

    assert [("open" in one) for one in bubble.find("details", css_class="quoted")] == [True]
    assert bubble.texts("mark") == ["turbine"]
    assert "Your turbine leaves" in bubble.text


@pytest.mark.parametrize("looked_for", ["came", "tag:none", "", "\0", "is:open"])
def test_a_fold_without_a_hit_stays_closed(looked_for: str, agent: Client, found: Message) -> None:
    bubble = arrive(agent, found, looked_for)

    assert [("open" in one) for one in bubble.find("details", css_class="quoted")] == [False]


def test_conditions_are_not_marked(agent: Client, found: Message) -> None:
    bubble = arrive(agent, found, "from:came turbine")

    assert bubble.texts("mark") == ["turbine"]


def test_a_hit_far_down_in_a_long_message_is_shown(agent: Client, found: Message) -> None:
    long = "word " * 6_000 + "needle at the end"
    Message.objects.filter(pk=found.pk).update(body=long)

    bubble = arrive(agent, found, "needle")

    assert bubble.texts("mark") == ["needle"]
    assert "needle at the end" in bubble.text
    assert "Show full message" not in bubble.text


def test_who_comes_without_a_search_sees_no_marks(agent: Client, found: Message) -> None:
    page = text_of(agent.get(found.get_absolute_url().partition("#")[0]))

    assert "<mark>" not in page
