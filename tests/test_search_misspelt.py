"""A search condition with a mistyped name gives an error and a suggestion."""

import pytest
from django.test import Client

from inbox.models import Thread
from inbox.services.search import misspelt_conditions, query_language
from tests.builders import text_of, threads_on
from tests.html import Page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("assigne:bob", "assignee:bob"),
        ("asignee:me", "assignee:me"),
        ("assign:me", "assignee:me"),
        ("Assigned:me", "assignee:me"),
        ("tags:vip", "tag:vip"),
        ('tags:"late parcel"', 'tag:"late parcel"'),
        ("form:marie", "from:marie"),
        ("befor:2026-05-01", "before:2026-05-01"),
        ("orders:MV-10", "order:MV-10"),
        ("market:nord", "marketplace:nord"),
        ("topci:late", "topic:late"),
    ],
)
def test_it_knows_what_was_meant(typed: str, meant: str) -> None:
    (found,) = misspelt_conditions.find_misspelt(f"lamp {typed} is broken")

    assert (str(found.meant), found.words) == (meant, "lamp is broken")


@pytest.mark.parametrize(
    "typed",
    [
        *("https://x.example/a", "http://x.example", "14:30", "re:order", "ab:12", "fw:tag"),
        "mailto:a@b.example",
        *(
            "hash:1a2b",
            "note:this",
            "sku:order",
            "us:order",
            "s:x",
            "tag:vip",
            "mailto:a@b.example",
        ),
        *("orders://x", "orders:", "orders: x", "x" * 300 + ":y", "Größe:12", "a" * 20 + ":b"),
    ],
)
def test_text_that_is_similar_to_no_condition_stays_a_search_term(typed: str) -> None:
    words, _parts = query_language.split_query(typed)

    assert list(misspelt_conditions.find_misspelt(words)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["/search/?q=", "/?view=all&q="])
def test_the_page_offers_what_was_meant(where: str, agent: Client, waiting: Thread) -> None:
    page = text_of(agent.get(f"{where}is:waiting+assigne:nobody"))
    (link,) = [one for one in Page(page).find("a") if "Did you mean “assignee:”?" in one.text]
    meant = text_of(agent.get(link["href"]))

    assert "“assigne:” isn't a search filter." in page
    assert waiting.mirakl_id in threads_on(meant)
    assert 'value="is:waiting assignee:nobody"' in meant


@pytest.mark.django_db
def test_it_is_still_searched_for_as_text(agent: Client, waiting: Thread) -> None:
    waiting.messages.update(search_text="tags 4711")

    page = text_of(agent.get("/search/?q=tags:4711"))

    assert waiting.mirakl_id in threads_on(page)
    assert "“tags:” isn't a search filter." in page
