"""Promises of every page: access, calls to Mirakl, and use without JavaScript."""

import uuid
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbox.models import Access, Marketplace, MirrorState, Outgoing, Thread, User
from inbox.sandbox.server import Running
from inbox.services.mirror import sync
from tests.builders import show_inbox, text_of, threads_on, value_of
from tests.html import Page
from tests.seeded import ORDER_WITH_THREAD
from tests.writing import Mirakl

HTMX = {"HX-Request": "true"}


@pytest.fixture
def thread(maison: Marketplace, sandbox: Running) -> Thread:
    """A customer's order thread that needs a reply, among other threads."""
    show_inbox(maison)
    threads = Thread.objects.filter(due_at__isnull=False, topic_type="FREE_TEXT")
    return threads.filter(entity_type="MMP_ORDER", with_operator=False).by_deadline()[0]


@pytest.fixture
def viewer(maison: Marketplace) -> User:
    group = Group.objects.create(name="viewers")
    Access.objects.create(group=group, marketplace=maison, role=Access.Role.VIEWER)
    user = User.objects.create_user("victor")
    user.groups.add(group)
    return user


def form(thread: Thread, **changes: Any) -> dict[str, Any]:
    newest = thread.messages.order_by("pk").last()
    return {
        "token": str(uuid.uuid4()),
        "body": "Hello from the desk",
        "to": ["CUSTOMER"],
        "seen": newest.pk if newest else "",
    } | changes


def reply(client: Client, thread: Thread, htmx: bool = True, **changes: Any) -> Any:
    headers = HTMX if htmx else {}
    return client.post(
        f"{thread.get_absolute_url()}reply/", form(thread, **changes), headers=headers
    )


# -- who may ------------------------------------------------------------------


def test_a_viewer_reads_and_cannot_write(viewer: User, client: Client, thread: Thread) -> None:
    client.force_login(viewer)

    page = text_of(client.get(thread.get_absolute_url()))

    assert 'name="body"' not in page
    assert reply(client, thread).status_code == 403
    assert client.get(f"/orders/maison-verte/{ORDER_WITH_THREAD}/threads/new/").status_code == 403
    assert not Outgoing.objects.exists()


# -- what it asks -------------------------------------------------------------


def test_a_display_of_the_inbox_asks_each_marketplace_once(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    page = agent.get("/")
    more = agent.get("/?after=~2030-01-01T00:00:00+00:00~1", headers=HTMX)

    assert (page.status_code, more.status_code) == (200, 200)
    assert len(mirakl.calls("M11")) == 1


def test_a_display_of_a_thread_asks_for_it_once(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    before = len(mirakl.calls("M11"))

    agent.get(thread.get_absolute_url())

    assert len(mirakl.calls("M10")) == 1
    assert len(mirakl.calls("M11")) == before


def test_a_page_is_sent_without_the_indentation_of_its_templates(agent: Client) -> None:
    assert "\n  " not in agent.get("/thanks/").content.decode()


@pytest.mark.parametrize("rows", [5, 50])
def test_a_list_costs_as_many_queries_whatever_its_length(
    rows: int, agent: Client, thread: Thread, django_assert_max_num_queries: Any
) -> None:
    kept = Thread.objects.order_by("pk").values_list("pk", flat=True)[:rows]
    Thread.objects.exclude(pk__in=list(kept)).delete()
    agent.get("/?view=all")

    with django_assert_max_num_queries(24):
        agent.get("/?view=all")


def test_a_marketplace_that_fails_says_so_and_is_shown_all_the_same(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    MirrorState.objects.update(refreshed_at="2030-01-01T00:00:00Z")
    MirrorState.objects.update(refreshed_at=None)
    mirakl.fails("M11", status=500)

    page = text_of(agent.get("/"))

    assert "Maison Verte" in page
    assert 'data-tone="error"' in page
    assert thread.get_absolute_url() in page


# -- lists --------------------------------------------------------------------


def test_show_more_walks_through_every_thread_once(agent: Client, thread: Thread) -> None:
    url, seen = "/?view=all&sort=newest", []
    while url:
        page = text_of(agent.get(url, headers=HTMX))
        seen += threads_on(page)
        found = [one for one in Page(page).get_all("hx-get") if "after=" in one]
        url = f"/{found[0]}" if found else ""

    assert len(seen) == len(set(seen)) == Thread.objects.count()


@pytest.mark.parametrize("word", ["order", "customer", "topic", "text"])
def test_search_finds_it(word: str, agent: Client, thread: Thread) -> None:
    newest = thread.messages.last()
    assert newest is not None
    words = {
        "order": thread.order_id,
        "customer": thread.customer_name,
        "topic": thread.topic_value,
        "text": newest.search_text.split()[-1],
    }

    page = text_of(agent.get("/", {"view": "all", "q": words[word]}))

    assert thread.get_absolute_url() in page


@pytest.mark.parametrize(
    "query", ["view=x", "sort=x", "marketplace=x", "entity_type=x", "after=x", "q=%00", "q=%25"]
)
def test_nonsense_in_the_address_breaks_nothing(query: str, agent: Client, thread: Thread) -> None:
    assert agent.get(f"/?{query}").status_code == 200


# -- writing ------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_that_comes_twice_sends_once(
    htmx: bool, agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    token = str(uuid.uuid4())

    first = reply(agent, thread, htmx, token=token)
    second = reply(agent, thread, htmx, token=token)

    assert len(mirakl.calls("M12")) == 1
    assert first.status_code == second.status_code == (200 if htmx else 302)


def test_a_fragment_answers_htmx_and_a_redirect_a_plain_browser(
    agent: Client, thread: Thread
) -> None:
    fragment = reply(agent, thread)
    plain = reply(agent, thread, htmx=False, body="Another one")

    assert "<html" not in text_of(fragment)
    assert 'data-state="sent"' in text_of(fragment)
    assert plain["Location"].startswith(thread.get_absolute_url())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": "x"}, "at least 3"),
        ({"body": "x" * 50_001}, "too long"),
        ({"to": []}, "Choose at least one recipient"),
        ({"to": ["SHOP"]}, "not one of the available choices"),
        ({"files": SimpleUploadedFile("empty.txt", b"")}, "is empty"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_mirakl_would_refuse_is_said_before_it_is_sent(
    htmx: bool,
    change: dict[str, Any],
    words: str,
    agent: Client,
    thread: Thread,
    mirakl: Mirakl,
) -> None:
    response = reply(agent, thread, htmx, **change)

    assert response.status_code == 422
    assert words in text_of(response)
    assert mirakl.calls("M12") == []


def test_a_plain_form_that_is_refused_keeps_its_text(agent: Client, thread: Thread) -> None:
    page = reply(agent, thread, htmx=False, body="A text worth keeping", to=[])

    assert "A text worth keeping</textarea>" in text_of(page)


def test_a_reply_that_mirakl_refuses_keeps_its_text_and_says_why(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400, body={"errors": [{"message": "No writing on Sundays"}]})

    bubble = text_of(reply(agent, thread))

    assert 'data-state="failed"' in bubble
    assert "No writing on Sundays" in bubble
    assert "Hello from the desk" in bubble
    assert "Send again" in bubble


def test_a_lost_answer_is_looked_for_and_not_sent_again(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="after", times=1)
    bubble = text_of(reply(agent, thread))
    assert 'data-state="unconfirmed"' in bubble

    seen = text_of(agent.get(f"/replies/{Outgoing.objects.get().token}/", headers=HTMX))

    assert 'data-state="sent"' in seen
    assert len(mirakl.calls("M12")) == 1


def test_a_file_arrives_byte_for_byte(agent: Client, thread: Thread, sandbox: Running) -> None:
    content = bytes(range(256)) * 100
    name = "facture é.pdf"

    reply(agent, thread, files=SimpleUploadedFile(name, content))

    key = {"Authorization": "sandbox-shop-maison"}
    record = httpx.get(f"{sandbox.url}/api/inbox/threads/{thread.mirakl_id}", headers=key).json()
    (attachment,) = record["messages"][-1]["attachments"]
    agent.get(thread.get_absolute_url())
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    back = agent.get(f"/attachments/maison-verte/{attachment['id']}/")
    assert attachment["name"] == name
    assert back.getvalue() == content
    assert back["X-Content-Type-Options"] == "nosniff"
    assert back["Content-Disposition"].startswith("attachment")


def test_a_page_that_calls_itself_a_picture_is_only_saved(agent: Client, thread: Thread) -> None:
    reply(agent, thread, files=SimpleUploadedFile("photo.png", b"<html><script>x</script></html>"))
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    newest = thread.messages.last()
    assert newest is not None
    attachment = newest.attachments.get()

    response = agent.get(f"/attachments/maison-verte/{attachment.mirakl_id}/?inline=1")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


# -- threads ------------------------------------------------------------------


def test_a_long_thread_is_folded_and_unfolds(agent: Client, thread: Thread) -> None:
    longest = Thread.objects.order_by("-message_count")[0]
    url = longest.get_absolute_url()

    folded = text_of(agent.get(url))
    (middle,) = [one for one in Page(folded).get_all("hx-get") if "/earlier/" in one]
    earlier = text_of(agent.get(middle, headers=HTMX))
    whole = text_of(agent.get(f"{url}?all=1"))

    assert folded.count('class="bubble"') < 60
    assert folded.count('class="bubble"') + earlier.count('class="bubble"') == 300
    assert whole.count('class="bubble"') == 300


def test_a_thread_is_shown_as_it_was_when_mirakl_does_not_answer(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M10", status=503)

    response = agent.get(thread.get_absolute_url())

    assert response.status_code == 200
    assert 'data-tone="error"' in text_of(response)


def test_a_thread_nobody_has_seen_says_why_it_is_not_shown(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M10", status=503)

    response = agent.get("/threads/maison-verte/never-seen/")

    assert response.status_code == 503
    assert "Try again" in text_of(response)


def test_a_thread_that_does_not_exist_is_not_found(agent: Client, sandbox: Running) -> None:
    assert agent.get("/threads/maison-verte/nonesuch/").status_code == 404


# -- an order -----------------------------------------------------------------


def test_a_new_thread_on_an_order_reaches_mirakl(
    agent: Client, thread: Thread, sandbox: Running
) -> None:
    url = f"/orders/maison-verte/{thread.order_id}/threads/new/"
    page = text_of(agent.get(url))
    token = value_of(page, "token")

    response = agent.post(
        url,
        {"token": token, "to": "CUSTOMER", "topic": "Your order", "body": "It leaves today"},
    )

    begun = Outgoing.objects.get().created_thread_id
    assert response["Location"] == f"/threads/maison-verte/{begun}/"
    key = {"Authorization": "sandbox-shop-maison"}
    record = httpx.get(f"{sandbox.url}/api/inbox/threads/{begun}", headers=key).json()
    assert record["topic"] == {"type": "FREE_TEXT", "value": "Your order"}
    assert record["messages"][0]["body"] == "It leaves today"
