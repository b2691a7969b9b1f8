"""A filter bar is built once for all that it shows."""

from dataclasses import replace

import pytest
from django.utils import translation

from inbox.models import Marketplace, Tag, User
from inbox.pages import filter_bar
from inbox.pages.filter_bar import FilterBar, Known
from inbox.services.marketplaces.accounts import Channel
from inbox.services.marketplaces.reasons import Reason
from inbox.services.search.thread_list import InboxFilters

QUERIES = [
    *({}, {"q": "lamp"}, {"q": "is:open"}, {"q": "is:open lamp"}, {"sort": "newest"}),
    *({"view": "closed"}, {"view": "search", "q": "lamp"}, {"marketplace": "maison"}),
    *({"marketplace": "nowhere"}, {"marketplace": "maison", "channel": "FR"}),
    *({"q": "language:de"}, {"q": "topic:7"}, {"q": "assignee:zoe"}),
]
ZOE, BEN = User(pk=1, username="zoe", first_name="Zoe"), User(pk=2, username="ben")
KNOWN = [
    Known([ZOE], []),
    Known([BEN, ZOE], []),
    Known([User(pk=1, username="zoe", first_name="Zoé")], []),
    Known([ZOE], [Tag(pk=1, name="Late")]),
    Known([ZOE], [Tag(pk=1, name="Late", colour="red")]),
    Known([ZOE], [], [Channel("FR", "France"), Channel("BE", "Belgium")]),
    Known([ZOE], [], [Channel("FR", "Frankreich"), Channel("BE", "Belgium")]),
    Known([ZOE], [], languages={"de", "fr"}),
]


def on(name: str = "Maison") -> list[Marketplace]:
    return [Marketplace(pk=1, slug="maison", name=name), Marketplace(pk=2, slug="n", name="N")]


def shown(
    query: dict[str, str], known: Known, places: list[Marketplace], user: User, topic: str
) -> FilterBar:
    """The kept bar, which is like one built anew."""
    filters = InboxFilters(query, marketplaces=places, user=user)
    known = replace(known, topics=[Reason("7", topic, "", is_ours=True)])
    found = filter_bar.filter_bar(filters, known)

    assert found is filter_bar.filter_bar(filters, known)
    assert found == filter_bar.build_bar(filters, known, [("7", topic)])
    return found


@pytest.mark.parametrize("query", QUERIES)
def test_each_list_has_its_own_bar(query: dict[str, str]) -> None:
    for known in KNOWN:
        shown(query, known, on(), ZOE, "Parcel")
    shown(query, KNOWN[0], on("Villa"), ZOE, "Parcel")
    shown(query, KNOWN[0], on()[:1], ZOE, "Parcel")
    shown(query, KNOWN[1], on(), BEN, "Parcel")
    shown(query, KNOWN[0], on(), ZOE, "Parcel lost")
    with translation.override("de"):
        shown(query, KNOWN[0], on(), ZOE, "Parcel")


def test_what_is_built_longest_ago_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    filter_bar._bars.clear()
    monkeypatch.setattr(filter_bar._bars, "most", 2)

    for query in QUERIES:
        shown(query, KNOWN[0], on(), ZOE, "Parcel")

    assert len(filter_bar._bars) == 2
