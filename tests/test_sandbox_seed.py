"""The demo world: repeatable, current, and varied."""

import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from inbox.sandbox import seed
from inbox.sandbox.seed import files
from inbox.sandbox.world import Marketplace, Thread, World

OWN_SHOPS = {"maison-verte": 2001, "nordhaus": 2101, "bright-street": 2201}


@pytest.fixture(scope="module")
def world() -> World:
    return seed.world()


def own_threads(world: World, slug: str) -> list[Thread]:
    market = world.marketplaces[slug]
    return [thread for thread in market.threads.values() if thread.shop.id == OWN_SHOPS[slug]]


def every_thread(world: World) -> list[Thread]:
    return [thread for slug in OWN_SHOPS for thread in own_threads(world, slug)]


def words(market: Marketplace) -> list[str]:
    return [m.body for thread in market.threads.values() for m in thread.messages]


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    again, other = seed.world(), seed.world(seed=2)

    for slug, market in world.marketplaces.items():
        assert list(again.marketplaces[slug].threads) == list(market.threads)
        assert words(again.marketplaces[slug]) == words(market)
        assert words(other.marketplaces[slug]) != words(market)


@pytest.mark.parametrize("threads", [0, 1, 3, 30, 200, 500])
def test_it_has_as_many_threads_as_asked_for(threads: int) -> None:
    assert len(every_thread(seed.world(threads))) == threads


def test_every_marketplace_has_every_kind(world: World) -> None:
    for slug in OWN_SHOPS:
        kinds = {thread.entity.type for thread in world.marketplaces[slug].threads.values()}
        topics = {thread.topic.type for thread in own_threads(world, slug)}

        assert kinds == {"MMP_ORDER", "MMP_OFFER", "MPS_ORDER", "MPS_SERVICE", "SELLER_OPERATOR"}
        assert topics == {"FREE_TEXT", "REASON_CODE"}


def test_at_most_a_third_waits_and_most_of_that_has_time(world: World) -> None:
    now = datetime.now(UTC)
    ages = [
        (now - thread.reply_needed_since) / timedelta(hours=1)
        for thread in every_thread(world)
        if thread.reply_needed_since
    ]

    spread = Counter("overdue" if a > 24 else "soon" if a > 20 else "later" for a in ages)
    assert 0.2 < len(ages) / len(every_thread(world)) < 0.34
    assert min(spread["overdue"], spread["soon"]) >= 5
    assert spread["later"] > len(ages) / 2
    assert min(ages) < 1


def test_the_clocks_are_true(world: World) -> None:
    for thread in every_thread(world):
        if not thread.no_reply_needed:
            last_answer = max(
                (i for i, m in enumerate(thread.messages) if m.sender.party.type == "SHOP"),
                default=-1,
            )
            open_ones = [m for m in thread.messages[last_answer + 1 :] if m.involves("SHOP")]
            assert thread.reply_needed_since == (open_ones[0].sent_at if open_ones else None)


def test_nothing_is_dated_in_the_future_or_out_of_order(world: World) -> None:
    for thread in every_thread(world):
        dates = [message.sent_at for message in thread.messages]

        assert dates == sorted(dates)
        assert thread.created_at == dates[0]
        assert thread.updated_at == dates[-1] <= datetime.now(UTC)


def test_messages_do_not_look_copied(world: World) -> None:
    for market in world.marketplaces.values():
        openings = Counter(thread.messages[0].body for thread in market.threads.values())

        assert openings.most_common(1)[0][1] <= 3


def test_texts_are_filled_in(world: World) -> None:
    for market in world.marketplaces.values():
        for body in words(market):
            assert "{" not in body or "p.MsoNormal" in body or "<style>" in body


def test_it_has_the_hard_cases(world: World) -> None:
    market = world.marketplaces["maison-verte"]
    bodies = "\n".join(words(market))

    for sign in ("<script>", "gmail_quote", "Original Message", "מוצר", "المصباح", "👨‍👩‍👧‍👦"):
        assert sign in bodies
    assert max(len(thread.messages) for thread in market.threads.values()) == 300
    assert any(thread.customer and thread.customer.organization for thread in every_thread(world))
    assert any(thread.no_reply_needed for thread in every_thread(world))
    assert any(thread.party("CUSTOMER") is None for thread in market.threads.values())


def test_pictures_are_pictures() -> None:
    picture = files.photo(1)
    start = picture.index(b"IDAT") + 4
    size = int.from_bytes(picture[start - 8 : start - 4], "big")

    pixels = zlib.decompress(picture[start : start + size])

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(pixels) == files.HEIGHT * (1 + 3 * files.WIDTH)


def test_the_big_picture_has_the_size_it_claims() -> None:
    assert sum(len(chunk) for chunk in files.big_picture()) == files.big_picture_size()


def test_documents_are_bound_at_the_right_places() -> None:
    document = files.pdf(["(Demo) invoice", "Größe: 42 €"])

    table = int(document.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    places = [int(row[:10]) for row in document[table:].split(b"\n")[3:8]]

    assert document[table:].startswith(b"xref")
    for number, place in enumerate(places, start=1):
        assert document[place:].startswith(b"%d 0 obj" % number)
