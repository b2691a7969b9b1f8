"""One list for queues, views and searches: its filters, counts and rows."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Draft, Marketplace, SavedView, Tag, Thread, User
from inbox.models.light_rows import make_threads
from inbox.services.search.thread_list import InboxFilters
from tests.builders import HTMX, text_of, threads_on, value_of
from tests.html import Page

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def threads(maison: Marketplace) -> list[Thread]:
    """Six on one marketplace, the first three of a tag, the first of them closed."""
    late = Tag.objects.create(name="Late parcel", is_for_all=True)
    made = [
        Thread.objects.create(
            marketplace=maison,
            mirakl_id=f"T{number}",
            customer_name=f"Nora {number}",
            search_names=f"nora {number}",
            last_message_at=NOW - timedelta(minutes=number),
            due_at=NOW + timedelta(hours=30, minutes=number),
            status="closed" if number == 0 else "open",
        )
        for number in range(6)
    ]
    for one in made[:3]:
        one.tags.add(late)
    return made


@pytest.fixture
def quiet(agent: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Alice, whose marketplace has nothing new to show."""
    from inbox.services.mirror import sync

    monkeypatch.setattr(sync, "refresh", lambda *_asked, **_options: [])
    return agent


def listed(client: Client, address: str) -> list[str]:
    return threads_on(text_of(client.get(address)))


def links(page: str, name: str) -> str:
    """Where the entry of this name leads."""
    return next(one["href"] for one in Page(page).find("a") if one.texts("span")[:1] == [name])


@pytest.mark.parametrize("where", ["/?view=all", "/search/?q=nora"])
def test_a_filter_that_is_clicked_is_the_one_that_is_typed(
    where: str, quiet: Client, threads: list[Thread]
) -> None:
    page = text_of(quiet.get(where))
    page = text_of(quiet.get(links(page, "Late parcel")))
    both = text_of(quiet.get(links(page, "Open")))

    assert value_of(both, "q").startswith('tag:"Late parcel" is:open')
    assert threads_on(page) == [] or len(threads_on(page)) == 3
    assert sorted(threads_on(both)) == ["T1", "T2"]


def test_what_is_typed_in_the_bar_becomes_part_of_the_query(
    quiet: Client, threads: list[Thread]
) -> None:
    day = f"{NOW:%Y-%m-%d}"

    response = quiet.get(
        "/", {"view": "all", "q": "is:open", "add-from": "Nora 2", "add-after": day}
    )

    assert response["Location"] == (f"/?view=all&q=is%3Aopen+from%3A%22Nora+2%22+after%3A{day}")


@pytest.mark.parametrize(
    "query",
    [
        *("q=tag%3Agone+is%3Aopen", "marketplace=nordhaus", "q=assignee%3Azoe", "q=about%3Ax"),
        *("entity_type=NO_SUCH", "q=channel%3AFR", "q=is%3Ablue+nora"),
    ],
)
@pytest.mark.parametrize("path", ["/?view=all&", "/search/?"])
def test_a_condition_that_means_nothing_lists_nothing_and_changes_nothing(
    path: str, query: str, quiet: Client, threads: list[Thread], nordhaus: Marketplace
) -> None:
    page = text_of(quiet.get(path + query))
    quiet.post(f"/bulk/?view=all&{query}", {"everything": "on", "snooze": "week"})

    assert threads_on(page) == []
    assert 'class="notice"' in page
    assert "Save as view" not in page
    assert not Thread.objects.exclude(snoozed_until=None).exists()


def test_a_view_whose_tag_was_renamed_says_so_and_counts_nothing(
    quiet: Client, alice: User, threads: list[Thread]
) -> None:
    view = SavedView.objects.create(owner=alice, name="Late", query='view=all&q=tag:"Late parcel"')
    before = text_of(quiet.get(view.get_absolute_url()))
    Tag.objects.update(name="On time")

    after = text_of(quiet.get(view.get_absolute_url()))

    assert len(threads_on(before)) == 3
    assert threads_on(after) == []
    assert "“tag:Late parcel” doesn&#x27;t exist here." in after


@pytest.mark.usefixtures("contexts")
def test_a_saved_view_is_counted_as_its_reader_sees_it(
    quiet: Client, alice: User, threads: list[Thread], nordhaus: Marketplace
) -> None:
    SavedView.objects.create(owner=alice, name="All of Nora", query="view=all&q=from:nora")
    Thread.objects.create(
        marketplace=nordhaus, mirakl_id="N", search_names="nora", last_message_at=NOW
    )

    page = quiet.get("/?view=all&q=from:nora")

    (entry,) = page.context["sidebar"].saved
    assert (entry.count_words, entry.is_current) == ("6", True)
    assert Page(text_of(page)).texts("h1") == ["All of Nora"]
    assert not any(one.is_current for one in page.context["sidebar"].views)


@pytest.mark.usefixtures("contexts")
def test_more_than_a_bound_are_not_counted(
    quiet: Client, alice: User, threads: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.pages import view_counts
    from inbox.services.search import thread_list

    monkeypatch.setattr(view_counts, "MOST", 4)
    monkeypatch.setattr(thread_list, "MOST_COUNTED", 4)
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 2)
    SavedView.objects.create(owner=alice, name="All", query="view=all&q=from:nora")

    response = quiet.get("/?view=all&q=from:nora")

    assert response.context["sidebar"].saved[0].count_words == "4+"
    assert "4+ conversations" in text_of(response)


def test_what_was_found_is_decided_upon_and_one_is_back_among_it(
    quiet: Client, threads: list[Thread]
) -> None:
    found = {"thread": [one.pk for one in threads[1:3]]}

    response = quiet.post("/bulk/?view=search&q=nora", {**found, "nobody": "on", "snooze": ""})

    assert response["Location"] == "/search/?q=nora&list=1"


def test_a_new_tag_is_put_on_many_and_taken_off(quiet: Client, threads: list[Thread]) -> None:
    some = {"thread": [one.pk for one in threads]}

    quiet.post("/bulk/", {**some, "adds": "on", "new_tag": "Fragile"})
    tag = Tag.objects.get(name="Fragile")
    worn = tag.threads.count()
    quiet.post("/bulk/", {"thread": [threads[0].pk], "untag": tag.pk})

    assert (worn, tag.threads.count()) == (6, 5)


def test_what_changed_nothing_offers_no_undo(quiet: Client, threads: list[Thread]) -> None:
    Thread.objects.update(due_at=NOW + timedelta(minutes=1))
    response = quiet.post("/bulk/", {"thread": [threads[1].pk], "snooze": "week"})

    page = text_of(quiet.get(response["Location"]))

    assert "Nothing changed. 1 wasn&#x27;t snoozed because its reply is due before then." in page
    assert "/undo/" not in page


def test_a_row_names_the_author_of_its_preview(quiet: Client, threads: list[Thread]) -> None:
    Thread.objects.filter(pk=threads[1].pk).update(last_sender_type="OPERATOR_USER")
    Thread.objects.filter(pk=threads[2].pk).update(
        last_sender_type="SHOP_USER", last_sender_is_ours=True
    )

    page = text_of(quiet.get("/?view=all&q=from:nora"))

    assert Page(page).texts(css_class="said") == ["Operator:", "You:"]


# -- pages --------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["deadline", "newest", "oldest"])
@pytest.mark.parametrize("above", [1, 3])
def test_the_part_around_a_row_is_a_part_of_the_list(
    above: int, sort: str, maison: Marketplace, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    moments = [NOW - timedelta(days=number % 3) for number in range(24)]
    dues = [None, NOW - timedelta(days=40), NOW + timedelta(days=1), NOW + timedelta(days=2)]
    Thread.objects.bulk_create(
        Thread(
            marketplace=maison,
            mirakl_id=str(number),
            last_message_at=moment,
            due_at=dues[number % 4],
        )
        for number, moment in enumerate(moments)
    )
    filters = InboxFilters({"view": "all", "sort": sort}, marketplaces=[maison], user=alice)
    whole, _following = filters.page("")
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 2)
    monkeypatch.setattr(thread_list, "ABOVE", above)

    for place, thread in enumerate(whole):
        rows, _following = filters.around(thread)
        first = 0 if place < 2 else max(place - above, 0)
        assert make_threads(rows) == whole[first : max(place + 3, 2) if place >= 2 else 2]


def pages_of(client: Client, address: str) -> list[str]:
    """The rows of every page, in order, as each leads to the next."""
    seen: list[str] = []
    path = address.partition("?")[0]
    while address:
        page = text_of(client.get(address, headers=HTMX))
        seen += threads_on(page)
        more = [one for one in Page(page).get_all("hx-get") if one.startswith("?")]
        address = path + more[0] if more else ""
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "address",
    [
        *("/?view=all&after=-", "/?view=all&sort=newest&after=-", "/?view=all&sort=oldest&after=-"),
        *("/search/?q=nora&after=-", "/search/?q=nora&sort=deadline&after=-"),
    ],
)
def test_pages_of_ties_hold_each_row_once(
    address: str, size: int, quiet: Client, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    Thread.objects.bulk_create(
        Thread(
            marketplace=maison,
            mirakl_id=f"T{number}",
            search_names="nora",
            last_message_at=NOW - timedelta(hours=number % 5),
            due_at=None if number % 2 else NOW + timedelta(days=number % 3),
        )
        for number in range(20)
    )
    monkeypatch.setattr(thread_list, "PAGE_SIZE", size)

    seen = pages_of(quiet, address)

    assert len(seen) == 20
    assert len(set(seen)) == 20


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_of_drafts_that_were_saved_at_once_hold_each_once(
    size: int,
    quiet: Client,
    alice: User,
    threads: list[Thread],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inbox.pages import draft_list

    for thread in threads:
        Draft.objects.create(
            user=alice, marketplace=thread.marketplace, thread=thread, body="Hello"
        )
    Draft.objects.update(saved_at=NOW)
    monkeypatch.setattr(draft_list, "PAGE_SIZE", size)

    seen = pages_of(quiet, "/drafts/")

    assert sorted(seen) == [one.mirakl_id for one in threads]


def test_several_pages_come_in_one_answer(
    quiet: Client, threads: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    monkeypatch.setattr(thread_list, "PAGE_SIZE", 2)
    query = "/?view=all&q=from:nora&after=-&pages="

    assert [len(threads_on(text_of(quiet.get(query + n, headers=HTMX)))) for n in "123"] == [
        2,
        4,
        6,
    ]
    assert len(threads_on(text_of(quiet.get(query + "9" * 30, headers=HTMX)))) == 2


# -- the frame ----------------------------------------------------------------


def test_what_is_not_there_is_told_within_the_frame(quiet: Client) -> None:
    page = text_of(quiet.get("/threads/maison-verte/nowhere-1/x/"))
    quiet.force_login(User.objects.create_user("zoe"))
    outside = text_of(quiet.get("/nowhere/"))

    assert "Page not found" in page
    assert "sidebar-entries" in page
    assert "sidebar-entries" not in outside


def test_the_sidebar_stays_as_it_was_left(quiet: Client) -> None:
    answer = quiet.post("/profile/sidebar/", {"narrow": "on"}, headers=HTMX)
    narrow = next(Page(text_of(quiet.get("/"))).find("input", name="narrow"))
    quiet.post("/profile/sidebar/", headers=HTMX)
    wide = next(Page(text_of(quiet.get("/"))).find("input", name="narrow"))

    assert answer.status_code == 204
    assert ("checked" in narrow, "checked" in wide) == (True, False)
