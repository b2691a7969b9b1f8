"""Canned replies: rights to manage them, and choosing one on a thread."""

from typing import Any

import pytest
from django.test import Client

from inbox.models import CannedReply, Draft, Marketplace, Tag, Thread, User
from tests.builders import HTMX, text_of, viewer_of
from tests.writing import Mirakl

WORDS = "Hello {{ customer.name }}, it is on its way."


def canned(name: str = "On its way", body: str = WORDS, **fields: Any) -> CannedReply:
    return CannedReply.objects.create(name=name, body=body, **fields)


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "Late parcel", "body": WORDS, "assigns_to": "", "language": "fr"} | changes


# -- managed ------------------------------------------------------------------


def test_one_writes_a_reply_of_ones_own(agent: Client, alice: User, maison: Marketplace) -> None:
    response = agent.post("/canned/new/", form(marketplace=maison.pk, closes="on"))

    saved = CannedReply.objects.get()
    assert response["Location"] == "/canned/"
    assert (saved.owner, saved.marketplace, saved.language) == (alice, maison, "fr")
    assert saved.closes


def test_an_unknown_name_is_refused_and_the_text_is_kept(agent: Client) -> None:
    response = agent.post("/canned/new/", form(body="Hello {{ customer.password }}"))

    assert response.status_code == 422
    assert "tracking.url" in text_of(response)
    assert "Hello {{ customer.password }}</textarea>" in text_of(response)
    assert not CannedReply.objects.exists()


def test_an_agent_shares_nothing(agent: Client, maison: Marketplace) -> None:
    response = agent.post("/canned/new/", form(marketplace=maison.pk, is_shared="on"))

    assert response.status_code == 422
    assert not CannedReply.objects.exists()


def test_a_lead_shares_where_they_lead_and_nowhere_else(
    client: Client, bob: User, maison: Marketplace, nordhaus: Marketplace
) -> None:
    client.force_login(bob)

    everywhere = client.post("/canned/new/", form(is_shared="on"))
    elsewhere = client.post("/canned/new/", form(is_shared="on", marketplace=nordhaus.pk))
    here = client.post("/canned/new/", form(is_shared="on", marketplace=maison.pk))

    assert (everywhere.status_code, elsewhere.status_code, here.status_code) == (422, 422, 302)
    assert CannedReply.objects.get().owner is None


def test_an_admin_shares_everywhere(client: Client, admin_user: User, maison: Marketplace) -> None:
    client.force_login(admin_user)

    client.post("/canned/new/", form(is_shared="on"))

    saved = CannedReply.objects.get()
    assert (saved.owner, saved.marketplace) == (None, None)


def test_the_list_shows_ones_own_and_the_shared_ones(
    agent: Client, alice: User, bob: User, maison: Marketplace, nordhaus: Marketplace
) -> None:
    canned("Of Alice", owner=alice)
    canned("Of Bob", owner=bob)
    canned("Of everybody")
    canned("Of Maison", marketplace=maison)
    canned("Of Nordhaus", marketplace=nordhaus)

    page = text_of(agent.get("/canned/"))

    shown = {
        name for name in ("Alice", "Bob", "everybody", "Maison", "Nordhaus") if f"Of {name}" in page
    }
    assert shown == {"Alice", "everybody", "Maison"}


def test_the_list_is_searched_by_name_and_text(agent: Client) -> None:
    canned("Late", "The parcel is late")
    canned("Thanks", "You are welcome")

    rows = text_of(agent.get("/canned/?q=parcel", headers=HTMX))

    assert "Late" in rows
    assert "Thanks" not in rows
    assert "<html" not in rows


def test_the_list_costs_the_same_however_long_it_is(
    agent: Client, django_assert_max_num_queries: Any, maison: Marketplace
) -> None:
    for number in range(30):
        canned(f"Number {number}", marketplace=maison)

    with django_assert_max_num_queries(18):
        agent.get("/canned/")


@pytest.mark.parametrize("action", ["", "delete/"])
def test_what_is_somebody_elses_cannot_be_changed(
    action: str, agent: Client, bob: User, maison: Marketplace
) -> None:
    for one in (canned(owner=bob), canned(marketplace=maison), canned()):
        response = agent.post(f"/canned/{one.pk}/{action}", form())

        assert response.status_code == 404
    assert CannedReply.objects.filter(name="On its way").count() == 3


def test_ones_own_is_changed_and_deleted(agent: Client, alice: User) -> None:
    own = canned(owner=alice)

    agent.post(f"/canned/{own.pk}/", form(name="Better"))
    renamed = CannedReply.objects.get().name
    agent.post(f"/canned/{own.pk}/delete/")

    assert renamed == "Better"
    assert not CannedReply.objects.exists()


def test_a_lead_changes_what_is_shared_where_they_lead(
    client: Client, bob: User, maison: Marketplace
) -> None:
    client.force_login(bob)
    shared = canned(marketplace=maison)

    client.post(f"/canned/{shared.pk}/", form(is_shared="on", marketplace=maison.pk))

    shared.refresh_from_db()
    assert (shared.name, shared.owner) == ("Late parcel", None)


# -- picked -------------------------------------------------------------------


def picker(client: Client, thread: Thread, **query: str) -> str:
    return text_of(client.get(f"{thread.get_absolute_url()}canned/", query, headers=HTMX))


def test_the_picker_fills_in_the_placeholders_of_this_thread(
    agent: Client, waiting: Thread
) -> None:
    canned(body="Order {{ order.id }} for {{ customer.name }}")

    options = picker(agent, waiting)

    assert waiting.order_id in options
    assert waiting.customer_name in options
    assert "<html" not in options


def test_the_picker_fetches_the_order_only_if_a_text_needs_it(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    canned(body="Hello {{ customer.name }}")
    picker(agent, waiting)
    before = len(mirakl.calls("OR11"))
    canned("State", "It is {{ order.state }}, ordered {{ order.date }}")

    picker(agent, waiting)
    picker(agent, waiting, q="st")

    assert (before, len(mirakl.calls("OR11"))) == (0, 1)


def test_an_order_that_is_not_told_leaves_its_values_missing_and_nothing_else(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    canned(body="{{ order.state }} {{ customer.name }}")
    mirakl.fails("OR11", status=500)

    options = picker(agent, waiting)

    assert "[missing: order.state]" in options
    assert waiting.customer_name in options


def test_the_picker_shows_what_fits_this_marketplace_nearest_first(
    agent: Client, waiting: Thread, maison: Marketplace, nordhaus: Marketplace
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(language="fr")
    canned("Any at all")
    canned("German", language="de")
    canned("French here", language="fr", marketplace=maison)
    canned("French", language="fr")
    canned("Of Nordhaus", marketplace=nordhaus)

    options = picker(agent, waiting)

    names = ["French here", "French<", "Any at all", "German"]
    places = [options.index(name) for name in names]
    assert places == sorted(places)
    assert "Of Nordhaus" not in options


def test_dates_are_written_as_the_customer_reads_them(
    agent: Client, waiting: Thread, maison: Marketplace
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(language="fr")
    canned(body='{{ order.date|date:"l" }}')

    options = picker(agent, waiting)

    days = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    assert [day for day in days if day in options]


def test_the_picker_costs_the_same_however_many_there_are(
    agent: Client, waiting: Thread, django_assert_max_num_queries: Any
) -> None:
    tag = Tag.objects.create(name="returns")
    for number in range(30):
        canned(f"Number {number}").adds_tags.add(tag)

    with django_assert_max_num_queries(18):
        picker(agent, waiting)


def test_the_picker_says_what_a_macro_does(agent: Client, waiting: Thread) -> None:
    canned(closes=True, assigns_to="sender")

    options = picker(agent, waiting)

    assert "assigns the conversation to you, closes the conversation" in options


def test_the_picker_is_a_page_without_javascript(agent: Client, waiting: Thread) -> None:
    canned()

    page = text_of(agent.get(f"{waiting.get_absolute_url()}canned/"))

    assert "<html" in page
    assert "On its way" in page


def test_the_picker_is_not_there_for_an_outsider(
    client: Client, charlie: User, waiting: Thread
) -> None:
    client.force_login(charlie)

    assert client.get(f"{waiting.get_absolute_url()}canned/").status_code == 404


def test_a_viewer_picks_nothing(client: Client, waiting: Thread, maison: Marketplace) -> None:
    client.force_login(viewer_of(maison))

    assert client.get(f"{waiting.get_absolute_url()}canned/").status_code == 403


def test_without_javascript_a_canned_reply_goes_below_the_typed_text(
    agent: Client, alice: User, waiting: Thread
) -> None:
    chosen = canned(closes=True)
    typed = {"body": "Dear friend,", "to": ["CUSTOMER"], "pick": chosen.pk}

    response = agent.post(f"{waiting.get_absolute_url()}canned/insert/", typed)
    page = text_of(agent.get(response["Location"].partition("#")[0]))

    expected = f"Dear friend,\n\nHello {waiting.customer_name}, it is on its way."
    assert Draft.objects.get(user=alice).body == expected
    assert expected in page
    assert f'name="canned" value="{chosen.pk}" checked' in page
    assert "closes the conversation" in page
