"""Drafts of messages without a thread: stored by the form's URL, and listed with the others."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Access, Draft, DraftFile, Marketplace, Outgoing, Thread, User
from inbox.pages.sidebar import sidebar_for
from inbox.pages.viewer import Viewer
from inbox.services.composing import drafts
from inbox.services.outbox import queue
from tests.builders import HTMX, text_of, waiting_on
from tests.writing import Mirakl, file, queued_thread

FORM = "/orders/maison-verte/MV-1001-A/threads/new/"
KEEP = "/drafts/forms/"
WORDS = "It left this morning."


def typed(**changes: Any) -> dict[str, Any]:
    token = str(uuid.uuid4())
    return {"address": FORM, "token": token, "to": ["OPERATOR"], "body": WORDS} | changes


def keep(agent: Client, **changes: Any) -> Any:
    form = {"writer": agent.session["_auth_user_id"]} | typed(**changes)
    return agent.post(KEEP, form, headers=HTMX)


@pytest.mark.usefixtures("contexts")
def test_it_stands_in_its_form_again(agent: Client, alice: User) -> None:
    answer = keep(agent, topic="Your lamp")

    page = text_of(agent.get(FORM))
    draft = Draft.objects.get(user=alice)
    assert "Saved" in text_of(answer)
    assert draft.version in text_of(answer)
    assert draft.version in page
    assert f">{WORDS}</textarea>" in page
    assert 'value="Your lamp"' in page
    assert agent.get(FORM).context["page"].chosen == ["OPERATOR"]


def test_its_form_is_asked_for_anew_each_time(agent: Client) -> None:
    assert "no-store" in agent.get(FORM)["Cache-Control"]


def test_it_stands_in_no_other_form(agent: Client) -> None:
    keep(agent)

    others = (FORM.replace("1001", "1002"), f"{FORM}?from={uuid.uuid4()}")
    assert all(WORDS not in text_of(agent.get(other)) for other in others)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:/orders/maison-verte/MV-1001-A/threads/new/",
        "https://evil.example/orders/maison-verte/MV-1001-A/threads/new/",
        "//evil.example/orders/maison-verte/MV-1001-A/threads/new/",
        "///orders/maison-verte/MV-1001-A/threads/new/",
        "/\\evil.example/orders/maison-verte/MV-1001-A/threads/new/",
        "orders/maison-verte/MV-1001-A/threads/new/",
        "/orders/maison-verte/a%00b/threads/new/",
        "/orders/maison-verte/MV-1001-A/",
    ],
)
def test_only_the_desks_own_forms_have_drafts(agent: Client, address: str) -> None:
    answer = keep(agent, address=address)

    assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_it_is_named_by_its_order_as_people_know_it(agent: Client) -> None:
    keep(agent, address=FORM.replace("MV-1001-A", "MV%201001"))

    assert Draft.objects.get().subject_id == "MV 1001"


def test_nobody_else_sees_it(agent: Client, bob: User) -> None:
    keep(agent)

    agent.force_login(bob)

    assert WORDS not in text_of(agent.get(FORM))
    assert WORDS not in text_of(agent.get("/drafts/"))


def test_an_older_message_is_kept_with_its_subject(agent: Client, maison: Marketplace) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(has_threads=False)
    form = "/orders/maison-verte/MV-1001-A/messages/new/"

    keep(agent, address=form, subject="Your lamp")

    page = text_of(agent.get(form))
    assert 'value="Your lamp"' in page
    assert f">{WORDS}</textarea>" in page


def test_the_last_save_counts(agent: Client) -> None:
    keep(agent)
    keep(agent, body="Another text.")

    assert Draft.objects.get().body == "Another text."


def test_it_goes_with_its_last_word(agent: Client) -> None:
    keep(agent, topic="Your lamp")

    answer = keep(agent, body=" ", topic="")

    assert not Draft.objects.exists()
    assert "Saved" not in text_of(answer)


def test_it_goes_with_the_message_that_it_becomes(agent: Client, mirakl: Mirakl) -> None:
    form = typed(topic="Your lamp")
    keep(agent, **form)

    agent.post(FORM, form)

    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert not Draft.objects.exists()


def test_a_refused_one_stays(agent: Client, mirakl: Mirakl) -> None:
    form = typed(topic="")
    keep(agent, **form)

    agent.post(FORM, form)

    assert not Outgoing.objects.exists()
    assert Draft.objects.get().body == WORDS


def test_a_save_that_comes_after_it_was_sent_brings_nothing_back(
    agent: Client, mirakl: Mirakl
) -> None:
    form = typed(topic="Your lamp")
    agent.post(FORM, form)

    keep(agent, **form)

    assert not Draft.objects.exists()


# -- its list -------------------------------------------------------------


def test_it_is_listed_and_counted_among_the_others(
    agent: Client, alice: User, maison: Marketplace
) -> None:
    thread = waiting_on(maison)
    drafts.save(thread, user=alice, body="On a thread.", recipients=[], token=None)
    keep(agent, topic="Your lamp")

    page = text_of(agent.get("/drafts/"))

    assert f'href="{FORM}"' in page
    assert page.index(WORDS) < page.index("On a thread.")
    assert "MV-1001-A" in page
    assert "New conversation about an order" in page
    assert sidebar_for(Viewer(alice)).drafts == 2


@pytest.mark.usefixtures("contexts")
def test_both_kinds_come_in_one_row_of_pages(
    agent: Client, alice: User, maison: Marketplace
) -> None:
    for number in range(30):
        thread = Thread.objects.create(
            marketplace=maison, mirakl_id=f"T{number}", last_message_at=timezone.now()
        )
        drafts.save(thread, user=alice, body=f"reply {number:02}", recipients=[], token=None)
        keep(agent, address=FORM.replace("1001", f"2{number:03}"), body=f"message {number:02}")

    first = agent.get("/drafts/")
    before = first.context["page"].next_before
    second = agent.get("/drafts/", {"before": before})

    found = [row.draft for shown in (first, second) for row in shown.context["page"].rows]
    assert len(first.context["page"].rows) == 50
    assert len(found) == Draft.objects.count() == 60
    assert found == sorted(found, key=lambda one: one.saved_at, reverse=True)


def test_one_where_one_may_write_no_more_is_not_listed(
    agent: Client, alice: User, maison: Marketplace
) -> None:
    keep(agent)

    maison.access.update(role=Access.Role.VIEWER)

    assert WORDS not in text_of(agent.get("/drafts/"))
    assert drafts.find_form_draft(alice, FORM) is None


# -- refusals -------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/nowhere/",
        "/threads/maison-verte/T-1/",
        "https://[",
        "/orders/nordhaus/1/threads/new/",
    ],
)
def test_it_is_kept_only_for_forms_that_one_may_see(agent: Client, address: str) -> None:
    assert keep(agent, address=address).status_code == 404
    assert not Draft.objects.exists()


def test_it_is_kept_only_where_one_may_write(agent: Client, maison: Marketplace) -> None:
    maison.access.update(role=Access.Role.VIEWER)

    assert keep(agent).status_code == 403


def test_it_is_not_kept_for_the_next_person_to_log_in(
    agent: Client, alice: User, bob: User
) -> None:
    agent.force_login(bob)

    assert keep(agent, writer=alice.pk).status_code == 403
    assert not Draft.objects.exists()


def test_one_that_is_too_long_says_so(agent: Client) -> None:
    answer = keep(agent, body="x" * 200_001)

    assert answer.status_code == 422
    assert "Too long to save" in text_of(answer)


@pytest.mark.parametrize("changes", [{"to": ["x" * 101]}, {"documents": ["x" * 101]}])
def test_what_cannot_be_stored_is_refused(agent: Client, changes: dict[str, Any]) -> None:
    assert keep(agent, **changes).status_code == 422
    assert not Draft.objects.exists()


# -- files ------------------------------------------------------------------


def attach(client: Client, user: User, name: str = "lamp.png", **changes: Any) -> Any:
    fields = {"address": FORM, "writer": user.pk, "file": file(name)} | changes
    return client.post(f"{KEEP}files/", fields, headers=HTMX)


@pytest.mark.usefixtures("contexts")
def test_a_file_begins_the_draft_of_its_form(agent: Client, alice: User) -> None:
    answer = attach(agent, alice)

    draft = Draft.objects.get(user=alice)
    page = text_of(agent.get(FORM))
    assert (answer.status_code, [one.name for one in draft.files.all()]) == (201, ["lamp.png"])
    assert f'name="kept" value="{draft.files.get().pk}" checked' in page
    assert agent.get(FORM).context["page"].chosen == ["CUSTOMER"]


def test_text_that_is_rubbed_out_leaves_its_files(agent: Client, alice: User) -> None:
    attach(agent, alice)

    keep(agent, body="", number=1)

    assert Draft.objects.get().files.count() == 1


def test_a_form_without_a_file_in_it_again_has_no_draft(agent: Client, alice: User) -> None:
    attach(agent, alice)

    agent.post(f"/drafts/files/{DraftFile.objects.get().pk}/remove/", headers=HTMX)

    assert (Draft.objects.count(), DraftFile.objects.count()) == (0, 0)


def test_its_files_go_with_the_message(agent: Client, alice: User, mirakl: Mirakl) -> None:
    attach(agent, alice, "a.png")
    attach(agent, alice, "b.png")
    wanted = DraftFile.objects.get(name="b.png")

    answer = agent.post(FORM, typed(topic="Your lamp", kept=["", wanted.key]))

    assert answer.status_code == 302
    assert [one.name for one in Outgoing.objects.get().files.all()] == ["b.png"]
    assert (Draft.objects.count(), DraftFile.objects.count()) == (0, 0)


def test_files_of_an_edited_message_and_new_ones_go_together(
    agent: Client, alice: User, thread: Thread
) -> None:
    old = queued_thread(thread, alice, files=[file("old.png"), file("other.png")], undo_seconds=9)
    queue.take_back(old, alice)
    edit = f"/orders/{thread.marketplace.slug}/{old.subject_id}/threads/new/?from={old.token}"
    attach(agent, alice, "new.png", address=edit)
    kept = ["", old.files.get(name="old.png").key, DraftFile.objects.get().key]

    agent.post(edit, typed(topic="Your lamp", kept=kept, replaces=old.token))

    new = Outgoing.objects.exclude(pk=old.pk).get()
    assert [one.name for one in new.files.all()] == ["old.png", "new.png"]


def test_a_file_is_attached_to_no_form_of_others(
    client: Client, agent: Client, alice: User, charlie: User
) -> None:
    of_another = attach(agent, charlie)
    client.force_login(charlie)
    outside = attach(client, charlie)

    assert (of_another.status_code, outside.status_code) == (403, 404)
    assert not DraftFile.objects.exists()


def test_a_file_without_javascript_leads_back_to_its_form(agent: Client, alice: User) -> None:
    fields = {"address": FORM, "writer": alice.pk, "file": file("lamp.png")}

    assert agent.post(f"{KEEP}files/", fields)["Location"] == FORM
