"""`language:` in the search box and *Language* in the bar of filters."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from inbox.models import Marketplace, SavedView, Thread, User
from inbox.services import languages
from inbox.services.mirror import sync
from inbox.services.search import query_language
from tests.builders import text_of, threads_on, works_on
from tests.html import Page

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def written(maison: Marketplace, nordhaus: Marketplace) -> list[Marketplace]:
    """Two German conversations, one French, one unknown; Nordhaus speaks German."""
    nordhaus.language = "de_AT"
    nordhaus.save(update_fields=["language"])
    for number, (where, code) in enumerate(
        [(maison, "de"), (maison, "fr"), (maison, ""), (nordhaus, ""), (nordhaus, "fr")]
    ):
        Thread.objects.create(
            marketplace=where,
            mirakl_id=f"{where.slug[0]}-{code or 'none'}",
            language=code,
            last_message_at=NOW - timedelta(minutes=number),
        )
    return [maison, nordhaus]


@pytest.fixture
def quiet(agent: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Alice, whose marketplace has nothing new to show."""
    monkeypatch.setattr(sync, "refresh", lambda *_asked, **_options: [])
    return agent


def found(text: str, marketplaces: list[Marketplace]) -> set[str]:
    query = query_language.read_query(text, query_language.Reader(None, marketplaces))
    return {one.mirakl_id for one in query.narrow(Thread.objects.all())}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language:de", {"m-de", "n-none"}),
        ("language:german", {"m-de", "n-none"}),
        ("LANGUAGE:Deutsch", {"m-de", "n-none"}),
        ("language:de-DE", {"m-de", "n-none"}),
        ("language:fr", {"m-fr", "n-fr"}),
        ("language:francais", {"m-fr", "n-fr"}),
        ("language:unknown", {"m-none"}),
        ("language:pl", set()),
        ("language:de marketplace:nord", {"n-none"}),
    ],
)
def test_it_finds(text: str, expected: set[str], written: list[Marketplace]) -> None:
    assert found(text, written) == expected


@pytest.mark.parametrize("name", ["allemand", "Allemand", "german", "Deutsch", "de"])
def test_a_language_is_called_as_its_reader_calls_it(name: str, written: list[Marketplace]) -> None:
    with translation.override("fr"):
        assert found(f"language:{name}", written) == {"m-de", "n-none"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("chinese", "zh"), ("zh-hans", "zh"), ("norwegian", "nb"), ("no", "nb"), ("pt-br", "pt")),
        *(("português", "pt"), ("česky", "cs"), ("klingon", ""), ("", ""), ("unknown", "")),
    ],
)
def test_a_name_tells_its_code(name: str, code: str) -> None:
    assert languages.code_called(name) == code


def test_what_is_no_language_finds_nothing_and_says_so(written: list[Marketplace]) -> None:
    query = query_language.read_query("language:klingon", query_language.Reader(None, written))

    assert query.problems == [
        "“language:klingon” isn't a valid filter. Use a language such as German or de."
    ]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("where", ["/?view=all", "/search/?q=is:open"])
def test_it_can_be_clicked_and_taken_off(where: str, quiet: Client) -> None:
    page = text_of(quiet.get(where))
    (url,) = [one["href"] for one in Page(page).find("a") if one.text == "German"]
    listed = text_of(quiet.get(url))

    assert threads_on(listed) == ["m-de"]
    chips = {one.text: one for one in Page(listed).find("li", css_class="chip")}
    assert chips["Language:German"].texts("span", dir="auto") == ["German"]
    assert "German" in Page(listed).texts("a", aria_current="true")
    assert "Polish" not in Page(page).texts("span")


@pytest.mark.usefixtures("written")
def test_one_that_is_typed_by_name_is_the_one_that_is_set(quiet: Client) -> None:
    page = text_of(quiet.get("/?view=all&q=language:deutsch"))

    assert "German" in Page(page).texts("a", aria_current="true")
    assert Page(page).texts("span", dir="auto").count("German") == 2


def test_only_languages_of_ones_own_marketplaces_are_offered(
    written: list[Marketplace], quiet: Client
) -> None:
    Thread.objects.filter(marketplace=written[1]).update(language="pl")

    assert "Polish" not in text_of(quiet.get("/?view=all"))


def test_a_saved_view_counts_it(written: list[Marketplace], quiet: Client, alice: User) -> None:
    works_on(written[1], alice)
    SavedView.objects.create(owner=alice, name="In German", query="view=all&q=language:de")

    page = text_of(quiet.get("/?view=all"))

    (entry,) = [one for one in Page(page).find("a") if one.text.startswith("In German")]
    assert entry.texts("span", css_class="number") == ["2"]


def test_the_help_of_the_search_names_it(quiet: Client) -> None:
    assert "<kbd>language:de</kbd>" in text_of(quiet.get("/search/"))
