"""M11: filters, pages, and the content of a list."""

from datetime import datetime
from typing import Any

import pytest

from inbox.sandbox import server
from inbox.sandbox.world import Thread
from tests.mirakl_callers import Caller, an_order_thread, front, operator, seller, write_as_customer
from tests.seeded import ORDER_WITHOUT_THREAD

THREADS = "/api/inbox/threads"


def every_page(caller: Caller, **params: Any) -> list[Any]:
    page = caller.ask(THREADS, **params)
    found: list[Any] = page["data"]
    while token := page.get("next_page_token"):
        page = caller.ask(THREADS, page_token=token)
        found += page["data"]
    return found


def ids(threads: list[Any]) -> list[str]:
    return [thread["id"] for thread in threads]


def test_it_lists_newest_change_first_fifty_at_a_time(sandbox: server.Running) -> None:
    threads = seller(sandbox.url).threads()

    dates = [datetime.fromisoformat(thread["date_updated"]) for thread in threads]
    assert len(threads) == 50
    assert dates == sorted(dates, reverse=True)


def test_pages_hold_every_thread_once(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    one_by_one = ids(every_page(caller, limit=7))

    assert one_by_one == ids(every_page(caller, limit=100))
    assert len(one_by_one) == len(set(one_by_one)) == 84


def test_the_first_page_has_none_before_it_and_the_last_none_after(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    first = caller.ask(THREADS, limit=80)
    last = caller.ask(THREADS, page_token=first["next_page_token"])

    assert "previous_page_token" not in first
    assert "next_page_token" not in last
    back = caller.ask(THREADS, page_token=last["previous_page_token"])
    assert ids(back["data"]) == ids(first["data"])
    assert "previous_page_token" not in back


def test_it_skips_no_thread_that_did_not_change_between_pages(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    everything = ids(every_page(caller, limit=100))
    page = caller.ask(THREADS, limit=20)

    changing = an_order_thread(caller)["id"]
    write_as_customer(caller, thread_id=changing)
    rest = ids(caller.ask(THREADS, page_token=page["next_page_token"], limit=3)["data"])

    assert rest == [one for one in everything[20:] if one != changing][: len(rest)]
    assert len(rest) == 20, "the token's own limit counts"


def test_a_token_replaces_every_other_parameter(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    page = caller.ask(THREADS, limit=5, entity_type="MMP_ORDER", with_messages="true")

    after = caller.ask(
        THREADS, page_token=page["next_page_token"], limit="x", entity_type="SELLER_OPERATOR"
    )["data"]

    assert {thread["entities"][0]["type"] for thread in after} == {"MMP_ORDER"}
    assert all(thread["messages"] for thread in after)


def test_a_token_of_a_second_shop_works_without_shop_id(sandbox: server.Running) -> None:
    caller = seller(sandbox.url, "sandbox-group-bright")
    page = caller.ask(THREADS, shop_id=2202, limit=1)

    after = caller.ask(THREADS, page_token=page["next_page_token"])["data"]
    mixed = caller.get(THREADS, page_token=page["next_page_token"], shop_id=2201)

    assert after[0]["authorized_participants"][-2]["id"] == "2202"
    assert mixed.status_code == 400


@pytest.mark.parametrize("token", ["", "x", "x.y", "eyJ9.AAAA", "ü.ü", "bGltaXQ9NTA=.bGltaXQ="])
def test_it_refuses_a_token_it_did_not_make(sandbox: server.Running, token: str) -> None:
    assert seller(sandbox.url).get(THREADS, page_token=token).status_code == 400


def test_it_refuses_somebody_elses_token(sandbox: server.Running) -> None:
    token = seller(sandbox.url).ask(THREADS, limit=1)["next_page_token"]

    others = [seller(sandbox.url, "sandbox-shop-nordhaus"), front(sandbox.url)]

    assert {caller.get(THREADS, page_token=token).status_code for caller in others} == {400}


def test_it_refuses_a_token_that_is_too_old() -> None:
    with server.running(threads=9, page_token_lifetime=-1) as strict:
        caller = seller(strict.url)
        token = caller.ask(THREADS, limit=1)["next_page_token"]

        assert caller.get(THREADS, page_token=token).status_code == 400


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 101},
        {"limit": 0},
        {"limit": "ten"},
        {"entity_id": ORDER_WITHOUT_THREAD},
        {"entity_type": "NO_SUCH"},
        {"updated_since": "yesterday"},
        {"updated_since": ""},
        {"updated_since": "2024-01-01T00:00:00"},
        {"updated_since": "2024-01-01T00:00:00 00:00"},
        {"with_messages": "maybe"},
        {"sort": "date"},
        {"entity_type": "MMP_ORDER", "entity_id": ",".join(map(str, range(101)))},
    ],
    ids=str,
)
def test_it_refuses_what_makes_no_sense(sandbox: server.Running, params: dict[str, Any]) -> None:
    assert seller(sandbox.url).get(THREADS, **params).status_code == 400


@pytest.mark.parametrize(
    "kind", ["MMP_ORDER", "MMP_OFFER", "MPS_ORDER", "MPS_SERVICE", "SELLER_OPERATOR"]
)
def test_it_filters_by_entity_type(sandbox: server.Running, kind: str) -> None:
    threads = seller(sandbox.url).threads(entity_type=kind)

    assert {thread["entities"][0]["type"] for thread in threads} == {kind}


def test_entity_ids_come_as_a_comma_list_or_repeated(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    wanted = [t["entities"][0]["id"] for t in caller.threads(entity_type="MMP_ORDER", limit=2)]

    comma = caller.threads(entity_type="MMP_ORDER", entity_id=",".join(wanted))
    repeated = caller.threads(entity_type="MMP_ORDER", entity_id=wanted)

    assert ids(comma) == ids(repeated)
    assert {t["entities"][0]["id"] for t in comma} == set(wanted)


def test_updated_since_includes_the_moment_itself(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    tenth = caller.threads(limit=10)[-1]

    found = caller.threads(updated_since=tenth["date_updated"])

    assert len(found) == 10
    assert found[-1]["id"] == tenth["id"]


def test_updated_since_takes_any_offset(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    moment = datetime.fromisoformat(caller.threads(limit=5)[-1]["date_updated"])

    shifted = moment.astimezone(tz=datetime.fromisoformat("2024-01-01T00:00:00+05:30").tzinfo)

    assert len(caller.threads(updated_since=shifted.isoformat())) == 5


def test_channels_leave_only_order_threads_of_these_channels(sandbox: server.Running) -> None:
    threads = seller(sandbox.url).threads(channel_codes="MV-BE", limit=100)

    orders = sandbox.sandbox.state.world.marketplaces["maison-verte"].orders
    assert threads
    assert {orders[thread["entities"][0]["id"]].channel for thread in threads} == {"MV-BE"}


def the_long_one(sandbox: server.Running) -> Thread:
    threads = sandbox.sandbox.state.world.marketplaces["maison-verte"].threads.values()
    return max(threads, key=lambda thread: len(thread.messages))


def test_messages_come_when_asked_for_and_only_the_last_hundred(sandbox: server.Running) -> None:
    caller, long = seller(sandbox.url), the_long_one(sandbox)
    order = {"entity_type": "MMP_ORDER", "entity_id": long.entity.id}

    without = caller.threads(**order)[0]
    with_messages = caller.threads(**order, with_messages="true")[0]

    assert "messages" not in without
    assert without["metadata"]["total_count"] == 300
    assert [m["id"] for m in with_messages["messages"]] == [m.id for m in long.messages[-100:]]


def test_a_shop_sees_its_own_threads_only(sandbox: server.Running) -> None:
    mine = ids(every_page(seller(sandbox.url), limit=100))
    everybodys = ids(every_page(operator(sandbox.url), limit=100))

    threads = sandbox.sandbox.state.world.marketplaces["maison-verte"].threads
    assert {threads[one].shop.id for one in mine} == {2001}
    assert {threads[one].shop.id for one in everybodys} == {2001, 2002, 2003}


def test_a_storefront_asks_for_one_customer(sandbox: server.Running) -> None:
    thread = an_order_thread(seller(sandbox.url))
    customer = next(p for p in thread["authorized_participants"] if p["type"] == "CUSTOMER")

    found = front(sandbox.url).threads(customer_id=customer["id"], limit=100)

    assert thread["id"] in ids(found)
    for one in found:
        assert customer in one["authorized_participants"]


def test_a_storefront_asks_for_one_organization(sandbox: server.Running) -> None:
    found = front(sandbox.url).threads(customer_organization_id="MV-ORG-1", limit=100)

    assert found
    assert {thread["customer_organization"]["id"] for thread in found} == {"MV-ORG-1"}


def test_a_storefront_sees_nothing_between_shop_and_operator(sandbox: server.Running) -> None:
    assert front(sandbox.url).threads(entity_type="SELLER_OPERATOR") == []


def test_it_can_list_oldest_change_first(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    oldest_first = ids(every_page(caller, sort="date_updated,ASC", limit=9))

    assert oldest_first == ids(every_page(caller, limit=100))[::-1]
