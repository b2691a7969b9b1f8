"""Displays of all processes share Mirakl's answers, also across a deploy."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Lock

import msgspec
import pytest
from django.core.cache import cache
from pytest_django import Settings

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import optional_cache
from inbox.services.marketplaces import shared_answers
from inbox.services.marketplaces.shared_answers import AnswerKey

SHOP = Marketplace(pk=7, base_url="https://mirakl.example", sealed_credential="sealed")


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class LongerWord:
    text: str
    language: str


class Mirakl:
    """A Mirakl that answers or fails as set, and counts its calls."""

    def __init__(self, failure: mirakl.MiraklError | None = None, seconds: float = 0) -> None:
        self.failure, self.seconds, self.asked, self._lock = failure, seconds, 0, Lock()

    def __call__(self) -> Word:
        with self._lock:
            self.asked += 1
        time.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return Word("bonjour")


def word(
    *about: str, shop: Marketplace = SHOP, fresh_for: float = 60, rest_for: float = 0
) -> AnswerKey[Word]:
    return shared_answers.build_key(
        shop, "word", Word, *about, fresh_for=fresh_for, kept_for=600, rest_for=rest_for
    )


def at_once(times: int, ask: Callable[[], Word]) -> list[Word]:
    start = Barrier(times)

    def one(_number: int) -> Word:
        start.wait()
        return ask()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def no_redis(settings: Settings) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}


def test_a_second_display_is_given_the_answer_of_the_first() -> None:
    ask = Mirakl()

    answers = {shared_answers.get_shared_answer(word("a"), ask) for _display in range(3)}

    assert answers == {Word("bonjour")}
    assert ask.asked == 1


def test_of_fifty_at_once_one_asks() -> None:
    ask = Mirakl(seconds=0.2)

    answers = at_once(50, lambda: shared_answers.get_shared_answer(word("b"), ask, wait=20))

    assert answers == [Word("bonjour")] * 50
    assert ask.asked == 1


def test_an_answer_that_came_since_the_display_looked_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask, claim = Mirakl(), optional_cache.claim

    def claim_late(key: str, seconds: float) -> bool:
        monkeypatch.undo()
        shared_answers.get_shared_answer(word("late"), ask)
        return claim(key, seconds)

    monkeypatch.setattr(optional_cache, "claim", claim_late)

    assert shared_answers.get_shared_answer(word("late"), ask) == Word("bonjour")
    assert ask.asked == 1


def test_an_answer_that_is_no_longer_fresh_is_asked_for_again() -> None:
    ask = Mirakl()

    for _display in range(2):
        shared_answers.get_shared_answer(word("c", fresh_for=0), ask)

    assert ask.asked == 2


def test_the_last_answer_stays_though_the_next_question_fails() -> None:
    shared_answers.get_shared_answer(word("d", fresh_for=0), Mirakl())
    with pytest.raises(mirakl.Forbidden):
        shared_answers.get_shared_answer(word("d", fresh_for=0), Mirakl(mirakl.Forbidden()))

    kept = shared_answers.read_answer(word("d"))

    assert kept
    assert (kept.answer, kept.failure) == (Word("bonjour"), "Forbidden")


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (mirakl.Forbidden(), mirakl.Forbidden),
        (mirakl.Garbled("no JSON"), mirakl.Unavailable),
    ],
)
def test_a_failure_is_shared_for_its_rest(
    failure: mirakl.MiraklError, told: type[mirakl.MiraklError]
) -> None:
    ask = Mirakl(failure)
    for _display in range(3):
        with pytest.raises(told):
            shared_answers.get_shared_answer(word("e", rest_for=60), ask)

    assert ask.asked == 1


def test_a_failure_without_a_rest_is_tried_again_at_once() -> None:
    with pytest.raises(mirakl.Unavailable):
        shared_answers.get_shared_answer(word("f"), Mirakl(mirakl.Unavailable()))

    assert shared_answers.get_shared_answer(word("f"), Mirakl()) == Word("bonjour")


def test_nobody_waits_for_longer_than_told() -> None:
    shared_answers.claim_fetch(word("g"))

    with pytest.raises(mirakl.Unavailable):
        shared_answers.get_shared_answer(word("g"), Mirakl(), wait=0.05)


@pytest.mark.usefixtures("no_redis")
def test_without_redis_everyone_asks_and_nobody_waits() -> None:
    ask = Mirakl()

    for _display in range(2):
        assert shared_answers.get_shared_answer(word("h"), ask, wait=60) == Word("bonjour")

    assert ask.asked == 2


def test_another_credential_is_not_given_the_answer() -> None:
    other = Marketplace(pk=7, base_url=SHOP.base_url, sealed_credential="another")

    assert word("i").key != word("i", shop=other).key


def test_a_record_of_another_shape_is_another_question() -> None:
    longer = shared_answers.build_key(SHOP, "word", LongerWord, "j", fresh_for=60)

    assert word("j").key != longer.key


@pytest.mark.parametrize("value", [b"\x80\x04N.", b"{", b'{"at": 1}', b"[1]", b'"' + b"\xff" * 9])
def test_what_cannot_be_read_is_not_there(value: bytes) -> None:
    asked = word("k", fresh_for=1e12)
    cache._cache.get_client(write=True).set(cache.make_key(asked.key), value)  # type: ignore[attr-defined]

    assert shared_answers.get_shared_answer(asked, Mirakl()) == Word("bonjour")


def test_an_order_comes_back_as_it_was_kept() -> None:
    kind = mirakl.Order
    order = msgspec.json.decode(
        b'{"order_id": "1", "created_date": "2026-01-02T03:04:05Z",'
        b' "order_additional_fields": [{"code": "a", "value": ["x", 1]}],'
        b' "order_lines": [{"order_line_id": "l", "price": 1.5}]}',
        type=kind,
    )
    asked = shared_answers.build_key(SHOP, "order", kind, "1", fresh_for=60)
    shared_answers.get_shared_answer(asked, lambda: order)

    kept = shared_answers.read_answer(asked)

    assert kept
    assert kept.answer == order
