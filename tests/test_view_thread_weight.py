"""A conversation's page is bounded for any content; the rest is a click away."""

import tracemalloc
import uuid

import pytest
from django.test import Client

from inbox.models import Attachment, Note, Thread, User
from inbox.models.threads import LONGEST_BODY
from inbox.sanitize import BEGINNING, MAX_LENGTH
from tests.builders import HTMX, post_reply, text_of
from tests.html import Element, Page
from tests.weighing import SMALL, customer_writes, shown_on

pytestmark = pytest.mark.usefixtures("mirror_is_fresh")


def fold_on(page: str) -> Element | None:
    return next(Page(page).find("a", css_class="fold"), None)


def page_of(client: Client, thread: Thread, query: str = "") -> str:
    return text_of(client.get(f"{thread.get_absolute_url()}{query}"))


def numbers(*ranges: range) -> list[str]:
    return [f"m{number}" for one in ranges for number in one]


# -- many messages ------------------------------------------------------------


def test_nine_hundred_unread_messages_are_a_small_page_with_the_newest(
    agent: Client, talk: Thread
) -> None:
    customer_writes(talk, "long " * 10_000, times=900)

    page = page_of(agent, talk)

    assert len(page.encode()) < SMALL
    assert shown_on(page)[-1] == "m899"
    assert "Show 891 earlier messages" in page


def test_its_size_in_memory_is_that_of_what_is_shown(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "long " * 10_000, times=400)
    page_of(agent, talk)

    tracemalloc.start()
    page_of(agent, talk)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 12_000_000


@pytest.mark.parametrize(
    "body",
    ["&" * 50_000, "aa.com " * 7_000, "<p>&" * 12_000, "<a href='http://a.bb'>c.dd</a> " * 1_600]
    + ["<blockquote>x" * 3_000, "\n" * 50_000, "<p>x" + "\nOn x, a@b.cc wrote:\n> y" * 2_000],
)
def test_no_text_makes_a_page_much_larger_than_itself(
    body: str, agent: Client, talk: Thread
) -> None:
    customer_writes(talk, body, times=40)

    assert len(page_of(agent, talk).encode()) < SMALL


def test_a_thousand_short_unread_messages_are_a_small_page_too(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "Hello?", times=1_000)

    page = page_of(agent, talk)

    assert len(page.encode()) < SMALL
    assert shown_on(page)[-1] == "m999"


def test_files_count_as_well(agent: Client, talk: Thread) -> None:
    files = [
        Attachment(
            marketplace=message.marketplace,
            message=message,
            mirakl_id=f"{message.mirakl_id}-{number}",
            name="a.png",
        )
        for message in customer_writes(talk, "Hello?", times=20)
        for number in range(100)
    ]
    Attachment.objects.bulk_create(files)

    page = page_of(agent, talk)

    assert len(page.encode()) < SMALL
    assert len(shown_on(page)) == 4


def test_a_fold_says_how_many_of_its_messages_are_new(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "long " * 10_000, times=20)

    page = page_of(agent, talk)

    assert "Show 11 earlier messages" in page
    assert "11 new" in page
    assert page.index('class="fold"') < page.index("data-first-unread")


def test_a_fold_brings_what_fits_and_a_fold_for_the_rest(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "long " * 10_000, times=20)
    collected, part = list[str](), page_of(agent, talk)

    while fold := fold_on(part):
        collected = shown_on(part) + collected
        part = text_of(agent.get(fold["hx-get"], headers=HTMX))
        assert "<html" not in part

    assert sorted(shown_on(part) + collected) == sorted(numbers(range(20)))
    assert len(shown_on(part) + collected) == 20


def test_without_javascript_a_fold_leads_to_what_is_above_it(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "long " * 10_000, times=30)
    fold = fold_on(page_of(agent, talk))
    assert fold
    query, _sign, place = fold["href"].removeprefix(talk.get_absolute_url()).partition("#")

    page = page_of(agent, talk, query)

    assert place == "message-m20"
    assert shown_on(page) == numbers(range(12, 30))
    assert len(page.encode()) < SMALL


@pytest.mark.parametrize("number", [0, 1, 200, 450, 898])
def test_a_link_to_any_message_shows_it(number: int, agent: Client, talk: Thread) -> None:
    message = customer_writes(talk, "long " * 2_000, times=900)[number]

    page = text_of(agent.get(message.get_absolute_url()))

    assert f"m{number}" in shown_on(page)
    assert shown_on(page)[-1] == "m899"
    assert len(page.encode()) < SMALL


def test_a_link_to_a_note_shows_it_where_it_stands(
    agent: Client, alice: User, talk: Thread
) -> None:
    messages = customer_writes(talk, "long " * 10_000, times=40)
    note = Note.objects.create(thread=talk, author=alice, token=uuid.uuid4(), body="Look here")
    Note.objects.filter(pk=note.pk).update(created_at=messages[7].created_at)

    page = text_of(agent.get(note.get_absolute_url()))

    assert f'id="note-{note.pk}"' in page
    assert "m7" in shown_on(page)


def test_what_nobody_has_written_is_no_place_to_go_to(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "Hello?", times=3)

    page = page_of(agent, talk, "?message=gone&note=99999999999999999999999")

    assert shown_on(page) == numbers(range(3))


def test_what_holds_a_reply_back_is_small_too(agent: Client, talk: Thread) -> None:
    first, *_rest = customer_writes(talk, "long " * 10_000, times=60)

    response = post_reply(agent, talk, seen=first.pk)

    assert response.status_code == 409
    assert len(response.content) < SMALL
    assert shown_on(text_of(response))[-1] == "m59"


# -- one long message ---------------------------------------------------------


def test_a_message_of_eight_megabytes_is_shown_to_where_it_is_still_read(
    agent: Client, talk: Thread
) -> None:
    customer_writes(talk, "<p>" + "long " * 1_600_000)

    page = page_of(agent, talk)

    assert len(page.encode()) < 200_000
    assert "Show full message" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_message_is_shown_whole_where_somebody_wants_it(
    headers: dict[str, str], agent: Client, talk: Thread
) -> None:
    customer_writes(talk, "long " * 8_000 + "The end.")
    url = f"{talk.get_absolute_url()}messages/m0/"

    begun, whole = page_of(agent, talk), text_of(agent.get(url, headers=headers))

    assert url in begun
    assert "The end." not in begun
    assert "The end." in whole
    assert "Show full message" not in whole
    assert ("<html" in whole) == (not headers)


def test_a_message_that_fits_is_not_offered_whole(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "a" * BEGINNING)

    assert "Show full message" not in page_of(agent, talk)


def test_what_is_longer_than_any_message_may_be_says_where_the_rest_is(
    agent: Client, talk: Thread
) -> None:
    customer_writes(talk, "long " * 20_000)

    whole = text_of(agent.get(f"{talk.get_absolute_url()}messages/m0/"))

    assert "Read the rest in the marketplace" in whole


def test_as_much_is_read_as_can_be_shown() -> None:
    assert LONGEST_BODY == MAX_LENGTH


# -- the original -------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_original_is_fetched_when_it_is_wanted(
    headers: dict[str, str], agent: Client, talk: Thread
) -> None:
    customer_writes(talk, "<p title='secret'>Hello</p>")
    url = f"{talk.get_absolute_url()}messages/m0/original/"

    page, original = page_of(agent, talk), text_of(agent.get(url, headers=headers))

    assert url in page
    assert "secret" not in page
    assert "<pre>&lt;p title=&#x27;secret&#x27;&gt;Hello&lt;/p&gt;</pre>" in original
    assert ("<html" in original) == (not headers)


def test_an_original_is_small_too(agent: Client, talk: Thread) -> None:
    customer_writes(talk, "<p>" + '"' * 8_000_000)

    original = text_of(agent.get(f"{talk.get_absolute_url()}messages/m0/original/"))

    assert len(original.encode()) < SMALL
    assert "Read the rest in the marketplace" in original


@pytest.mark.parametrize("what", ["", "original/"])
def test_a_message_is_not_there_for_an_outsider(
    what: str, client: Client, charlie: User, talk: Thread
) -> None:
    customer_writes(talk, "<p>Hello</p>")
    url = f"{talk.get_absolute_url()}messages/m0/{what}"
    anonymous = client.get(url)
    client.force_login(charlie)

    assert anonymous["Location"].startswith("/accounts/login/")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("what", ["", "original/"])
def test_a_message_of_another_thread_is_not_found(what: str, agent: Client, talk: Thread) -> None:
    assert agent.get(f"{talk.get_absolute_url()}messages/m0/{what}").status_code == 404
