"""A year of older conversations: repeatable, plausible, and on top of the usual world."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest

from inbox.sandbox import seed
from inbox.sandbox.seed import history, rhythm
from inbox.sandbox.seed.plans import PLANS
from inbox.sandbox.world import SHOP, Marketplace, Thread

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
Told = dict[str, list[tuple[str, datetime, str]]]


def past(now: datetime = NOW, days: int = 365, number: int = 1) -> dict[str, Marketplace]:
    made = seed.world(threads=0).marketplaces
    for plan in PLANS:
        market = made[plan.slug]
        market.threads.clear()
        history.add(market, plan, number, days, now)
    return made


def told(markets: dict[str, Marketplace], until: datetime = NOW) -> Told:
    """What was said until then, by conversation."""
    return {
        thread.id: [(one.id, one.sent_at, one.body) for one in thread.messages]
        for market in markets.values()
        for thread in market.threads.values()
        if thread.updated_at < until
    }


def every_thread(markets: dict[str, Marketplace]) -> list[Thread]:
    return [thread for market in markets.values() for thread in market.threads.values()]


@pytest.fixture(scope="module")
def year() -> dict[str, Marketplace]:
    return past()


def first_waits(threads: list[Thread]) -> list[tuple[datetime, float]]:
    """When the other side began a conversation, and the hours it waited."""
    return [
        (thread.created_at, (answer.sent_at - thread.created_at) / timedelta(hours=1))
        for thread in threads
        if thread.messages[0].sender.party.type != SHOP
        for answer in [one for one in thread.messages if one.sender.party.type == SHOP][:1]
    ]


def test_the_same_seed_tells_the_same_year(year: dict[str, Marketplace]) -> None:
    assert told(past()) == told(year)
    assert not told(past(number=2)).keys() & told(year).keys()


def test_a_day_later_the_same_days_are_told(year: dict[str, Marketplace]) -> None:
    settled = told(year, NOW - timedelta(days=40))
    tomorrow = told(past(NOW + timedelta(days=1), days=366))

    assert len(settled) > 2000
    same = [key for key, words in settled.items() if tomorrow.get(key) == words]
    assert len(same) > 0.99 * len(settled)  # a year ago, a day had fewer, as seen from later


def test_the_usual_world_stays_as_it_is() -> None:
    plain, full = seed.world(threads=30), seed.world(threads=30, history_days=30)

    for slug, market in plain.marketplaces.items():
        more = full.marketplaces[slug]
        assert [key for key in more.threads if key in market.threads] == list(market.threads)
        assert len(more.threads) > len(market.threads) + 30
        assert list(more.orders)[: len(market.orders)] == list(market.orders)
        changes = [thread.updated_at for thread in more.threads.values()]
        assert changes == sorted(changes)


def test_nothing_has_happened_later_than_now_or_out_of_order(year: dict[str, Marketplace]) -> None:
    for thread in every_thread(year):
        dates = [message.sent_at for message in thread.messages]

        assert dates == sorted(dates)
        assert NOW - timedelta(days=366) < thread.created_at == dates[0]
        assert thread.updated_at == dates[-1] <= NOW


def test_working_days_are_busier_than_weekends(year: dict[str, Marketplace]) -> None:
    days = Counter(thread.created_at.weekday() for thread in every_thread(year))

    assert sum(days.values()) > 3000
    assert min(days[day] for day in range(5)) > max(days[5], days[6])


def test_offices_and_evenings_are_busier_than_nights(year: dict[str, Marketplace]) -> None:
    hours = Counter(thread.created_at.hour for thread in every_thread(year))

    assert min(hours[10], hours[20]) > hours[12] > 3 * hours[3]


def test_it_grows_and_has_its_seasons(year: dict[str, Marketplace]) -> None:
    months = Counter(thread.created_at.strftime("%Y-%m") for thread in every_thread(year))

    assert months["2026-10"] > months["2026-02"]
    assert months["2025-12"] > months["2026-01"]
    days = Counter(thread.created_at.date() for thread in every_thread(year))
    sale = sum(days[date(2026, 11, day)] for day in (26, 27, 28, 29))
    assert sale > 1.5 * sum(days[date(2026, 11, day)] for day in (19, 20, 21, 22))
    assert rhythm.black_friday(2026) == date(2026, 11, 27)
    assert rhythm.black_friday(2025) == date(2025, 11, 28)


def test_weekends_bad_weeks_and_a_slow_marketplace_wait_longer(
    year: dict[str, Marketplace],
) -> None:
    waits = first_waits(every_thread(year))
    slow, quick = (
        first_waits(list(year[slug].threads.values())) for slug in ("nordhaus", "bright-street")
    )

    def typical(of: list[tuple[datetime, float]]) -> float:
        return median(wait for _asked, wait in of)

    ordinary = [one for one in waits if one[0].isocalendar().week not in rhythm.BAD_WEEKS]
    assert typical([one for one in ordinary if one[0].weekday() > 4]) > 3 * typical(
        [one for one in ordinary if one[0].weekday() < 4]
    )
    assert typical([one for one in waits if one not in ordinary]) > 2 * typical(ordinary)
    assert typical(slow) > 1.5 * typical(quick)


def test_it_has_all_that_reports_tell_apart(year: dict[str, Marketplace]) -> None:
    threads = every_thread(year)
    began = Counter(thread.messages[0].sender.party.type for thread in threads)
    waiting = [thread for thread in threads if thread.reply_needed_since]

    assert began["CUSTOMER"] > began["OPERATOR"] > 100
    assert began["SHOP"] > 100
    assert sum(bool(thread.no_reply_needed) for thread in threads) > 200
    assert (
        len({thread.topic.value for thread in threads if thread.topic.type == "REASON_CODE"}) > 10
    )
    # Nobody waits for ever.
    assert waiting
    assert min(one.updated_at for one in waiting) > NOW - timedelta(days=30)
