"""An operator's shops by how fast they reply, and the waits behind each figure."""

import re
from collections import Counter
from urllib.parse import urlencode

import pytest
from django.test import Client

from inbox.models import Marketplace, Message, MirrorState, Thread, User
from inbox.services.insight import shop_replies
from tests.builders import show_inbox, text_of, works_on
from tests.html import Page
from tests.measuring import figures_on, read_until
from tests.shops import ATELIER, CUSTOMER, HOUR, JARDIN, LEAGUE, NOW, OPERATOR, SHOP, talk

pytestmark = pytest.mark.django_db


def values(page: str) -> dict[tuple[str | None, str | None], str | None]:
    found = Page(page).elements
    return {
        (one["data-key"], one["data-metric"]): one["data-value"]
        for one in found
        if "data-metric" in one
    }


# -- the league ---------------------------------------------------------------


def test_the_most_silent_shop_comes_first_with_its_figures(
    lead: Client, shops: Marketplace
) -> None:
    page = text_of(lead.get(LEAGUE))
    found = values(page)

    assert page.index("Jardin") < page.index("Atelier")
    assert found[JARDIN, "silent_count"] == "2"
    assert found[JARDIN, "silent_oldest_seconds"] == str(60 * 3600)
    assert found[JARDIN, "reply_seconds_p90"] == str(10 * 3600)
    assert found[ATELIER, "reply_seconds_p90"] == str(2 * 3600)
    assert found[ATELIER, "reply_seconds_p90_before"] == str(4 * 3600)
    assert found[ATELIER, "reply_seconds_p90_change_share"] == "-0.5"
    assert found[ATELIER, "silent_count"] == "0"
    assert found[JARDIN, "reply_seconds_p90_before"] == ""
    assert "−50%" in page


def test_each_figure_opens_exactly_the_waits_that_it_counts(
    lead: Client, shops: Marketplace
) -> None:
    page = Page(text_of(lead.get(LEAGUE)))
    links = [one["href"] for one in page.find("a") if "waits=" in one.get("href", "")]
    # What happens later is not counted: the links carry their moment.
    answered, declared = Thread.objects.filter(shop_name="Jardin").order_by("pk")[:2]
    Message.objects.create(
        marketplace=shops,
        thread=answered,
        mirakl_id="later",
        sender_type="SHOP_USER",
        created_at=NOW + HOUR,
    )
    declared.no_store_reply_needed = [{"date": (NOW + HOUR).isoformat(), "user_type": "SHOP_USER"}]
    declared.save()

    totals = {link: total_of(lead, link) for link in links}

    of = {
        (shop, kind): next(n for link, n in totals.items() if f"shop={shop}&waits={kind}" in link)
        for shop in (JARDIN, ATELIER)
        for kind in ("answered", "before", "silent")
    }
    assert of == {
        (JARDIN, "answered"): 1,
        (JARDIN, "before"): 0,
        (JARDIN, "silent"): 2,
        (ATELIER, "answered"): 1,
        (ATELIER, "before"): 1,
        (ATELIER, "silent"): 0,
    }


def total_of(client: Client, link: str) -> int:
    page = text_of(client.get(link))
    (total,) = [one["data-total"] for one in Page(page).elements if "data-total" in one]
    rows = re.findall(r'<th scope="row"', page)
    assert len(rows) == int(total or 0)
    return len(rows)


def test_a_declaration_ends_a_wait_and_is_no_reply(
    lead: Client, maison_operator: Marketplace
) -> None:
    declared = [{"date": (NOW - 20 * HOUR).isoformat(), "user_type": "SHOP_USER"}]
    talk(maison_operator, JARDIN, "Jardin", (CUSTOMER, SHOP, 60), no_store_reply_needed=declared)

    found = values(text_of(lead.get(LEAGUE)))

    assert found[JARDIN, "silent_count"] == "0"
    assert found[JARDIN, "replies_count"] == "0"


def test_the_operators_messages_count_only_if_the_marketplace_says_so(
    lead: Client, maison_operator: Marketplace
) -> None:
    talk(maison_operator, JARDIN, "Jardin", (OPERATOR, SHOP, 60), (CUSTOMER, SHOP, 2))
    counted = values(text_of(lead.get(LEAGUE)))
    Marketplace.objects.update(counts_operator=False)

    left_out = values(text_of(lead.get(LEAGUE)))

    assert counted[JARDIN, "silent_count"] == "1"
    assert left_out[JARDIN, "silent_count"] == "0"


def test_silence_is_what_mirakls_own_clock_says(lead: Client, maison_operator: Marketplace) -> None:
    read_until(maison_operator, None)
    show_inbox(maison_operator)
    found = values(text_of(lead.get(LEAGUE)))

    read_at = MirrorState.objects.get(marketplace=maison_operator).refreshed_at
    assert read_at
    waiting = Thread.objects.filter(
        marketplace=maison_operator, shop_reply_needed_since__lte=read_at - 24 * HOUR
    )
    late = Counter(shop_replies.find_shop(one) for one in waiting)
    silent = {shop: n for (shop, metric), n in found.items() if metric == "silent_count"}
    assert len(silent) == 3
    assert sum(late.values()) > 1
    assert silent == {shop: str(late[str(shop)]) for shop in silent}


def test_nine_in_ten_is_interpolated(maison_operator: Marketplace) -> None:
    for hours in (1, 2, 3, 4, 11):
        talk(maison_operator, JARDIN, "J", (CUSTOMER, SHOP, 30 + hours), (SHOP, CUSTOMER, 30))

    (shop,) = shop_replies.read_shops(maison_operator, NOW)

    assert shop_replies.find_ninetieth(shop.answered) == pytest.approx(8.2 * 3600)
    assert shop_replies.find_ninetieth([]) is None


def test_without_a_reading_there_are_no_figures(lead: Client, maison_operator: Marketplace) -> None:
    read_until(maison_operator, None)

    page = text_of(lead.get(LEAGUE))

    assert "has not been read yet" in page
    assert figures_on(page) == []


def test_the_quality_page_leads_there(lead: Client, shops: Marketplace) -> None:
    assert f'href="{LEAGUE}"' in text_of(lead.get("/quality/"))


@pytest.mark.parametrize("page", ["", "waits/?shop=2002", "nudge/?shop=2002"])
def test_only_leads_of_an_operators_marketplace_see_it(
    page: str, shops: Marketplace, maison: Marketplace, alice: User, charlie: User
) -> None:
    read_until(shops, NOW)
    works_on(shops, alice)
    agent, stranger = Client(), Client()
    agent.force_login(alice)
    stranger.force_login(charlie)
    works_on(maison, alice, role="lead")

    assert agent.get(LEAGUE + page).status_code == 403
    assert agent.post(LEAGUE + page).status_code in {403, 405}
    assert stranger.get(LEAGUE + page).status_code == 404
    assert agent.get(f"/quality/maison-verte/shops/{page}").status_code == 404
    assert LEAGUE not in text_of(agent.get("/quality/"))


@pytest.mark.parametrize("query", ["shop=9", "shop=2002&waits=odd", "waits=silent"])
def test_a_list_that_is_not_there(lead: Client, shops: Marketplace, query: str) -> None:
    assert lead.get(f"{LEAGUE}waits/?{query}").status_code == 404


def test_moments_are_of_the_calendar_and_not_ahead(lead: Client, shops: Marketplace) -> None:
    later = urlencode({"shop": JARDIN, "waits": "silent", "as_of": "9999-01-01T00:00Z"})

    assert total_of(lead, f"{LEAGUE}waits/?{later}") == 2
