"""The search page: its links, its content, and access."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox import word_forms
from inbox.models import Attachment, Marketplace, Note, Thread, User
from inbox.services.mirror import mapping, sync
from tests.builders import HTMX, show_inbox, text_of, viewer_of
from tests.html import Page
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(alice: User, client: Client, waiting: Thread) -> Client:
    client.force_login(alice)
    return client


def shown(client: Client, **query: str) -> str:
    return text_of(client.get("/search/", query))


def words_of(thread: Thread) -> str:
    """Returns a word of a message in this thread."""
    text = thread.messages.latest("created_at").search_text
    return max(text.split(), key=len)


def test_an_orders_number_opens_its_only_conversation(agent: Client, waiting: Thread) -> None:
    Thread.objects.filter(entity_id=waiting.entity_id).exclude(pk=waiting.pk).delete()

    response = agent.get("/search/", {"q": f" {waiting.order_id.lower()} "})

    assert response["Location"] == waiting.get_absolute_url()


def test_an_order_with_several_opens_its_page(agent: Client, waiting: Thread) -> None:
    Thread.objects.create(
        marketplace=waiting.marketplace,
        mirakl_id="twin",
        entity_type="MMP_ORDER",
        entity_id=waiting.entity_id,
        last_message_at=timezone.now(),
    )

    response = agent.get("/search/", {"q": waiting.order_id})

    assert response["Location"] == waiting.order_url


def test_the_results_of_a_number_can_be_seen_all_the_same(agent: Client, waiting: Thread) -> None:
    page = shown(agent, q=waiting.order_id, list="1")

    assert waiting.get_absolute_url() in page


def test_it_shows_the_found_terms_and_links_to_their_message(
    agent: Client, waiting: Thread
) -> None:
    message = waiting.messages.latest("created_at")

    page = shown(agent, q=words_of(waiting))

    place = f"{waiting.get_absolute_url()}?message={message.mirakl_id}&view=search"
    (link,) = [one for one in Page(page).get_all("href", "a") if one.startswith(place)]
    assert link.endswith(f"#message-{message.mirakl_id}")
    marked = [word_forms.fold(word) for word in Page(page).texts("mark")]
    assert words_of(waiting) in marked


def test_a_note_is_found_by_those_who_see_its_conversation(
    agent: Client, waiting: Thread, alice: User, charlie: User
) -> None:
    note = Note.objects.create(
        thread=waiting,
        author=alice,
        token=uuid.uuid4(),
        body="Ask the Zeppelin <b>depot</b>",
        search_text="ask the zeppelin depot",
    )

    page = shown(agent, q="zeppelin")
    agent.force_login(charlie)
    theirs = shown(agent, q="zeppelin")

    assert f"#note-{note.pk}" in page
    assert "<mark>Zeppelin</mark> &lt;b&gt;depot&lt;/b&gt;" in page
    assert waiting.mirakl_id not in theirs


def test_a_viewer_may_search(client: Client, maison: Marketplace, waiting: Thread) -> None:
    client.force_login(viewer_of(maison))

    assert waiting.get_absolute_url() in shown(client, q=words_of(waiting))


def test_it_asks_mirakl_nothing(agent: Client, mirakl: Mirakl, waiting: Thread) -> None:
    before = [len(mirakl.calls(operation)) for operation in ("M10", "M11", "RE01")]

    shown(agent, q=words_of(waiting))

    assert [len(mirakl.calls(operation)) for operation in ("M10", "M11", "RE01")] == before


def test_more_come_below_by_htmx_and_on_a_page_without(
    agent: Client, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    show_inbox(maison)
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 3)
    seen: list[str] = []
    url = "/search/?q=is:open&after=-"
    while url:
        page = text_of(agent.get(url, headers=HTMX))
        assert "<html" not in page
        seen += Page(page).get_all("href", "a", css_class="open")
        more = Page(page).get_all("hx-get")
        url = "/search/" + more[0] if more else ""

    assert len(seen) == len(set(seen)) == Thread.objects.count()
    assert "<html" in shown(agent, q="is:open", after="x")


def test_what_is_not_found_may_be_an_order(agent: Client) -> None:
    page = shown(agent, q="NOWHERE-1")

    assert "No results" in page
    assert "/orders/maison-verte/NOWHERE-1/" in page


@pytest.mark.parametrize("typed", ["", "   ", "\0", '"', "is:", "x" * 5000, "🙂", "<script>"])
def test_anything_may_be_typed(typed: str, agent: Client) -> None:
    response = agent.get("/search/", {"q": typed})

    assert response.status_code == 200
    assert "<script>" not in text_of(response).split("</head>")[1]


def test_its_cost_does_not_grow_with_what_it_finds(
    agent: Client, maison: Marketplace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sync.refresh([maison])
    agent.get("/search/", {"q": "a"})

    with django_assert_max_num_queries(28):
        agent.get("/search/", {"q": "a e"})


def test_a_mistyped_word_is_offered_put_right(agent: Client, waiting: Thread) -> None:
    waiting.messages.update(search_text="the chandelier arrived")

    page = shown(agent, q="chnadelier arrived is:waiting")

    assert "No results for “chnadelier”." in page
    assert "<strong>chandelier</strong>" in page
    assert "q=is%3Awaiting+chandelier+arrived" in page


def test_a_search_that_is_too_long_finds_nothing_and_says_so(
    agent: Client, waiting: Thread
) -> None:
    word = words_of(waiting)

    long, wordy = shown(agent, q=f"{word} " * 2_000), shown(agent, q=f"{word} " * 25)

    assert "up to 400 characters" in long
    assert "up to 24 words" in wordy
    assert waiting.mirakl_id not in long + wordy


@pytest.mark.usefixtures("waiting")
def test_a_file_is_found_by_its_name(agent: Client, maison: Marketplace) -> None:
    show_inbox(maison)
    file = Attachment.objects.filter(message__gone_at=None)[0]
    message = file.message

    page = shown(agent, q=f'"{file.name}"', list="1")

    assert f"#message-{message.mirakl_id}" in page
    assert f"<mark>{file.name}</mark>" in page


def test_names_topics_and_numbers_are_marked(agent: Client, waiting: Thread) -> None:
    Thread.objects.filter(pk=waiting.pk).update(
        customer_name="Zoë Quartz", topic_value="A zither", topic_type="FREE_TEXT"
    )
    thread = Thread.objects.select_related("marketplace").get(pk=waiting.pk)
    mapping.fill_search(thread)
    thread.save(update_fields=["search_names", "search_text"])

    page = shown(agent, q=f"zoe zither {waiting.order_id}", list="1")

    assert "<mark>Zoë</mark> Quartz" in page
    assert "A <mark>zither</mark>" in page
    assert f"<mark>{waiting.order_id}</mark>" in page
