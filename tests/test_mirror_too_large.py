"""A too large page of M11 is requested again in smaller parts."""

from urllib.parse import parse_qs

import pytest

from inbox import mirakl as api
from inbox.models import Marketplace, Thread
from inbox.services.mirror import fetching, sync
from inbox.services.mirror.fetching import PageRequest
from inbox.services.mirror.history import load_history_step
from tests.reading import rewind
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


def asked(mirakl: Mirakl) -> list[tuple[str, str]]:
    """Returns the limit of each M11 call, and whether it asked for messages."""
    queries = [parse_qs(call["query"]) for call in mirakl.calls("M11")]
    return [
        (one["limit"][0], one.get("with_messages", ["false"])[0])
        for one in queries
        if "limit" in one
    ]


def test_it_asks_for_half_until_the_answer_can_be_taken(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(mirakl._http.get("/api/inbox/threads?with_messages=true&limit=100").content)
    mirakl._http.delete("/_sandbox/log")
    monkeypatch.setattr("inbox.mirakl.bodies.LARGEST_ANSWER", whole // 3)

    (freshness,) = sync.refresh([maison])

    limits = [int(limit) for limit, _messages in asked(mirakl)]
    assert limits[:3] == [100, 50, 25]
    assert freshness.state == "fresh"
    assert Thread.objects.exists()


def test_the_next_display_goes_on_with_small_pages(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirakl._http.delete("/_sandbox/log")
    monkeypatch.setattr(fetching, "fetch_page", TooLargeAbove(12))
    sync.refresh([maison])
    monkeypatch.undo()
    rewind(maison, minutes=1)

    sync.refresh([maison])

    assert asked(mirakl) == [("12", "true")]


class TooLargeAbove:
    """M11 whose pages are too large above a number of threads, or with any message."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.questions: list[PageRequest] = []

    def __call__(self, _client: object, question: PageRequest, _codes: object) -> api.ThreadPage:
        self.questions.append(question)
        limit = 100 if question.limit is None else question.limit
        if question.page_token or limit > self.limit:
            raise api.Oversized("Its answer has no end.", operation="M11")
        token = "next" if limit > 0 and len(self.questions) < 5 else None
        return api.ThreadPage(threads=[], next_page_token=token)


def test_it_asks_without_messages_where_one_conversation_is_too_large(
    maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirakl = TooLargeAbove(0)
    monkeypatch.setattr(fetching, "fetch_page", mirakl)

    (freshness,) = sync.refresh([maison])

    assert [one.limit for one in mirakl.questions] == [None, 50, 25, 12, 6, 3, 1, 0]
    assert (freshness.state, maison.mirror.failures) == ("fresh", 0)


def test_it_gives_up_where_even_that_is_too_large(
    maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch_page", TooLargeAbove(-1))

    (freshness,) = sync.refresh([maison])

    assert (freshness.state, maison.mirror.error_kind) == ("down", "garbled")


@pytest.mark.usefixtures("every_display_asks")
def test_a_page_reached_by_a_token_is_given_up_and_the_delta_asked_anew(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync.refresh([maison])
    pages = TooLargeAbove(25)
    monkeypatch.setattr(fetching, "fetch_page", pages)

    sync.refresh([maison])

    asked = [(one.page_token, one.limit) for one in pages.questions]
    assert asked == [("", None), ("", 50), ("", 25), ("next", None), ("", 12)]
    assert all(one.updated_since for one in pages.questions if not one.page_token)


def test_usual_pages_are_tried_again_after_a_while(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching.reduce_page_limit(maison)
    monkeypatch.setattr(fetching, "SMALLER_FOR", fetching.SMALLER_FOR * 0)

    sync.refresh([maison])

    assert asked(mirakl) == [("100", "true")]


def test_a_history_asks_for_less_too(maison: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = TooLargeAbove(12)
    monkeypatch.setattr(fetching, "fetch_page", pages)

    steps = [load_history_step(maison) for _ in range(4)]

    assert [one.limit for one in pages.questions] == [None, 50, 25, 12]
    assert [one.words for one in steps] == [""] * 4


def test_the_messages_that_were_left_out_come_when_it_is_opened(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    for _ in range(7):
        fetching.reduce_page_limit(maison)
    sync.refresh([maison])
    thread = Thread.objects.first()
    assert thread
    assert not thread.messages.exists()

    sync.open_thread(maison, thread.mirakl_id)

    assert asked(mirakl) == [("100", "false")]
    assert thread.messages.exists()
