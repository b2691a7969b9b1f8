"""Search finds every word in any message of a conversation, and never reads text as syntax."""

import pytest
from django.db import connection
from django.utils import timezone

from inbox import word_forms
from inbox.models import Marketplace, Message, Thread
from inbox.services.search import frequency, full_text
from tests.plans import nodes, plans_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketplace(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def thread(marketplace: Marketplace, name: str, about: str, *bodies: str) -> Thread:
    made = Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=name,
        search_text=word_forms.fold(about),
        last_message_at=timezone.now(),
    )
    for number, body in enumerate(bodies):
        Message.objects.create(
            marketplace=made.marketplace,
            thread=made,
            mirakl_id=f"{name}-{number}",
            search_text=word_forms.fold(body),
            created_at=timezone.now(),
        )
    return made


@pytest.fixture
def threads(marketplace: Marketplace) -> None:
    thread(marketplace, "lamp", "Camille Démo MV-1042-A", "Où est ma lampe ?", "Elle arrive.")
    thread(marketplace, "sofa", "Jürgen Straßer MV-1043-A", "Das Sofa wackelt: 3.5 cm!")
    thread(marketplace, "arabic", "ليلى MV-2042-B", "أين طلبي؟")


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"lamp", "sofa", "arabic"}),
        ("   ", {"lamp", "sofa", "arabic"}),
        ("camille", {"lamp"}),
        ("DÉMO", {"lamp"}),
        ("demo", {"lamp"}),
        ("lam", {"lamp"}),
        ("camille lampe arrive", {"lamp"}),
        ("camille sofa", set()),
        ("MV-1042-A", {"lamp"}),
        ("mv-1042", {"lamp"}),
        ("1042", {"lamp"}),
        ("mv-10", {"lamp", "sofa"}),
        ("mv-2", {"arabic"}),
        ("042", set()),
        ("strasser", {"sofa"}),
        ("Straßer jurgen", {"sofa"}),
        ("3.5", {"sofa"}),
        ("طلبي", {"arabic"}),
        ("lampes", {"lamp"}),
        ("arrivées", {"lamp"}),
        ("wackelte", {"sofa"}),
        ('"ma lampe"', {"lamp"}),
        ('"lampe ma"', set()),
        ('"lamp"', set()),
        ('"', set()),
        ("🙂", set()),
        ("!!!", set()),
    ],
)
@pytest.mark.parametrize("common_from", [0, 10_000])
def test_it_finds(
    text: str, found: set[str], common_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "COMMON_FROM", common_from)

    matching = full_text.matching(Thread.objects.all(), text)

    assert {one.mirakl_id for one in matching} == found


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("tried", [1, 2_000])
def test_what_is_common_against_expectation_is_not_listed(
    tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "MOST_LISTED", 1)
    monkeypatch.setattr(frequency, "TRIED", tried)
    expected = set(full_text.matching(Thread.objects.all(), "lamp"))
    monkeypatch.setattr(full_text, "MOST_LISTED", 0)
    (term,) = full_text.find_terms("lamp")

    found = full_text.matching(Thread.objects.all(), "lamp")

    assert (term.keys, term.may_be_common) == (None, True)
    assert set(found) == expected != set()


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(
    "text",
    ["'", "a & b", "!camille", "(", ":*", "\\", "lamp'); DROP TABLE inbox_thread; --", "\0", "%_"],
)
def test_nothing_typed_is_syntax(text: str) -> None:
    list(full_text.matching(Thread.objects.all(), text))

    assert Thread.objects.count() == 3


@pytest.mark.usefixtures("threads")
def test_a_paste_of_a_page_is_no_burden() -> None:
    assert not full_text.matching(Thread.objects.all(), "lampe " * 5 + "wort " * 5000).exists()


def test_it_searches_among_the_threads_it_is_given(marketplace: Marketplace) -> None:
    thread(marketplace, "mine", "lamp")
    other = Marketplace.objects.create(name="Süd", slug="sud", base_url="https://sud.example")
    thread(other, "theirs", "lamp")

    found = full_text.matching(Thread.objects.filter(marketplace=marketplace), "lamp")

    assert [one.mirakl_id for one in found] == ["mine"]


@pytest.mark.usefixtures("threads")
def test_it_uses_the_indexes() -> None:
    with connection.cursor() as cursor:
        # A sequential scan of three rows is faster; the test checks that the index can be used.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plans = plans_of(lambda: list(full_text.matching(Thread.objects.all(), "lampe").by_deadline()))
    used = {node.get("Index Name") for plan in plans for node in nodes(plan)}

    assert {"thread_search", "message_search"} <= used


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Où est\n MA lampe? ", "ou est ma lampe"),
        ("MV-1042-A", "mv 1042 a"),
        ("Straße ﬁn İzmir", "strasse fin izmir"),
        ("", ""),
    ],
)
def test_it_folds(text: str, folded: str) -> None:
    assert word_forms.fold(text) == folded
