"""Notes on a thread: rights to write, read, change and delete them. Mirakl gets none."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Draft, Event, Marketplace, Message, Note, Notification, Thread, User
from inbox.models.drafts import Mode
from inbox.services.composing import drafts
from inbox.services.people import notes
from tests.builders import HTMX, text_of, viewer_of, waiting_on
from tests.writing import Mirakl


@pytest.fixture
def talk(maison: Marketplace) -> Thread:
    return Thread.objects.create(
        marketplace=maison, mirakl_id="talk", last_message_at=timezone.now()
    )


def post(client: Client, thread: Thread, body: str = "Ask the depot.", **more: Any) -> Any:
    headers = HTMX if more.pop("htmx", True) else {}
    form = {"token": str(uuid.uuid4()), "body": body} | more
    return client.post(f"{thread.get_absolute_url()}notes/", form, headers=headers)


def noted(thread: Thread, by: User, body: str = "Ask the depot.") -> Note:
    return notes.add(thread, token=uuid.uuid4(), body=body, by=by)


# -- adding -------------------------------------------------------------------


def test_a_note_appears_and_the_box_is_as_new(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)
    drafts.save(talk, user=alice, body="Ask the", recipients=[], token=None, mode=Mode.NOTE)

    page = text_of(post(client, talk))

    note = Note.objects.get()
    assert f'id="note-{note.pk}"' in page
    assert "<html" not in page
    assert "Ask the depot.</textarea>" not in page
    assert not Draft.objects.exists()
    assert Event.objects.get().verb == Event.Verb.NOTED


def test_without_javascript_it_leads_back_to_the_note(
    alice: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)

    response = post(client, talk, htmx=False)

    note = Note.objects.get()
    assert response["Location"] == f"{talk.get_absolute_url()}?mode=note#note-{note.pk}"


def test_the_same_form_sent_twice_is_one_note(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)
    token = str(uuid.uuid4())

    post(client, talk, token=token)
    post(client, talk, token=token)

    assert (Note.objects.count(), Event.objects.count()) == (1, 1)


def test_an_empty_note_is_refused_with_an_error(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)

    response = post(client, talk, body="  ")

    assert response.status_code == 422
    assert "Enter some text." in text_of(response)


def test_without_javascript_a_refused_one_comes_back_with_the_page(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    client.force_login(alice)

    response = post(client, waiting, body="x" * 20_001, htmx=False)

    page = text_of(response)
    assert response.status_code == 422
    assert 'data-mode="note"' in page
    assert "x" * 20_001 in page


def test_an_outsider_writes_nothing(charlie: User, client: Client, talk: Thread) -> None:
    client.force_login(charlie)

    assert post(client, talk).status_code == 404
    assert not Note.objects.exists()


def test_a_viewer_reads_and_does_not_write(
    client: Client, maison: Marketplace, alice: User, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    noted(waiting, alice)
    client.force_login(viewer_of(maison))

    page = text_of(client.get(waiting.get_absolute_url()))

    assert "Ask the depot." in page
    assert "Add note" not in page
    assert post(client, waiting).status_code == 403


def test_another_persons_form_adds_nothing_and_shows_nothing(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    token = uuid.uuid4()
    notes.add(talk, token=token, body="Bob's", by=bob)
    client.force_login(alice)

    assert post(client, talk, token=str(token)).status_code == 404


def test_it_never_goes_to_mirakl(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    before = mirakl.bodies(waiting.mirakl_id)
    client.force_login(alice)

    post(client, waiting, "Between us: refund him")
    client.get(waiting.get_absolute_url())

    assert mirakl.calls("M12") == []
    assert mirakl.bodies(waiting.mirakl_id) == before


# -- where it stands ----------------------------------------------------------


def test_it_stands_in_the_order_of_time(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    first = waiting.messages.order_by("created_at")[0]
    early, late = noted(waiting, alice, "Early"), noted(waiting, alice, "Late")
    Note.objects.filter(pk=early.pk).update(created_at=first.created_at)
    client.force_login(alice)

    page = text_of(client.get(waiting.get_absolute_url()))

    places = [
        page.index(f'id="{anchor}"')
        for anchor in (f"message-{first.mirakl_id}", f"note-{early.pk}", f"note-{late.pk}")
    ]
    newest = waiting.messages.order_by("created_at").last()
    assert newest is not None
    assert places == sorted(places)
    assert page.index(f'id="message-{newest.mirakl_id}"') < places[2]


def test_those_in_the_folded_middle_come_with_it_once(
    alice: User, client: Client, talk: Thread
) -> None:
    now = timezone.now()
    for index in range(40):
        at = now + timedelta(minutes=index)
        Message.objects.create(
            marketplace=talk.marketplace,
            thread=talk,
            mirakl_id=f"m{index}",
            body="Hello",
            created_at=at,
        )
    for index in (0, 10, 24, 39):
        at = now + timedelta(minutes=index, seconds=5)
        note = noted(talk, alice, f"After {index}.")
        Note.objects.filter(pk=note.pk).update(created_at=at)
    client.force_login(alice)

    folded = text_of(
        client.get(
            f"{talk.get_absolute_url()}earlier/?after=message-m1&before=message-m25", headers=HTMX
        )
    )

    assert [text in folded for text in ("After 0.", "After 10.", "After 24.", "After 39.")] == [
        *(False, True, True, False)
    ]
    assert folded.count('data-side="note"') == 2


def test_its_text_is_text_and_its_links_are_links(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)

    page = text_of(
        post(client, talk, "<script>x</script> https://a.example/?a=1&b=2 @bob javascript:x")
    )

    assert "<script>x" not in page
    assert '<a href="https://a.example/?a=1&amp;b=2" rel="nofollow">' in page
    assert '<span class="mention">@bob</span>' in page
    assert 'href="javascript' not in page


def test_the_box_for_a_note_opens_by_address_with_its_own_draft(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    client.force_login(alice)
    for mode, body in ((Mode.NOTE, "Half a note"), (Mode.REPLY, "Half a reply")):
        client.post(f"{waiting.get_absolute_url()}draft/", {"body": body, "mode": mode})

    page = text_of(client.get(f"{waiting.get_absolute_url()}?mode=note"))

    assert 'data-mode="note"' in page
    assert "Half a note</textarea>" in page
    assert "Half a reply</textarea>" in page


def test_a_draft_does_not_come_back_after_its_note(
    alice: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)
    token = str(uuid.uuid4())
    post(client, talk, token=token)

    client.post(f"{talk.get_absolute_url()}draft/", {"body": "Ask", "mode": "note", "token": token})

    assert not Draft.objects.exists()


# -- mentions -----------------------------------------------------------------


def test_who_is_named_is_told_once(alice: User, bob: User, talk: Thread) -> None:
    note = noted(talk, alice, "@Bob, look. @bob. @alice knows; mail bob@bob.example, @nobody")

    notes.edit(note, body="Again, @bob", by=alice)

    told = Notification.objects.get()
    assert (told.user, told.kind, told.by, told.thread) == (bob, "mentioned", alice, talk)


def test_who_may_not_see_the_thread_is_not_named(alice: User, charlie: User, talk: Thread) -> None:
    note = noted(talk, alice, "@charlie, look")

    assert not note.mentions.exists()
    assert not Notification.objects.exists()


# -- changing and deleting ----------------------------------------------------


def test_its_author_changes_it(alice: User, client: Client, talk: Thread) -> None:
    note = noted(talk, alice)
    client.force_login(alice)
    url = f"/notes/{note.pk}/"

    form = text_of(client.get(url, headers=HTMX))
    changed = text_of(client.post(url, {"body": "Ask Émile."}, headers=HTMX))

    note.refresh_from_db()
    assert "Ask the depot.</textarea>" in form
    assert "Ask Émile." in changed
    assert (note.body, note.search_text) == ("Ask Émile.", "ask emile")
    assert note.edited_at is not None
    assert Event.objects.filter(verb=Event.Verb.NOTE_EDITED, by=alice).exists()


def test_it_is_changed_without_javascript(alice: User, client: Client, talk: Thread) -> None:
    note = noted(talk, alice)
    client.force_login(alice)
    url = f"/notes/{note.pk}/"

    page = text_of(client.get(url))
    response = client.post(url, {"body": "Never mind"})

    assert "<html" in page
    assert response["Location"].endswith(f"#note-{note.pk}")


def test_an_edit_that_empties_it_is_refused(alice: User, client: Client, talk: Thread) -> None:
    note = noted(talk, alice)
    client.force_login(alice)

    response = client.post(f"/notes/{note.pk}/", {"body": ""}, headers=HTMX)

    note.refresh_from_db()
    assert (response.status_code, note.body) == (422, "Ask the depot.")


def test_a_colleague_neither_changes_nor_deletes_it(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    note = noted(talk, bob)
    client.force_login(alice)

    assert client.post(f"/notes/{note.pk}/", {"body": "Mine"}).status_code == 403
    assert client.post(f"/notes/{note.pk}/delete/").status_code == 403


def test_a_lead_deletes_it_and_nobody_is_led_to_it(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    note = noted(talk, alice, "For @bob")
    client.force_login(bob)

    page = text_of(client.post(f"/notes/{note.pk}/delete/", headers=HTMX))

    assert "Note deleted." in page
    assert not Note.objects.exists()
    assert not Notification.objects.exists()
    assert Event.objects.filter(verb=Event.Verb.NOTE_DELETED, by=bob).exists()


def test_an_outsider_finds_no_note(
    alice: User, charlie: User, client: Client, talk: Thread
) -> None:
    note = noted(talk, alice, "Secret word")
    client.force_login(charlie)

    answers = [
        client.get(f"/notes/{note.pk}/").status_code,
        client.post(f"/notes/{note.pk}/", {"body": "x"}).status_code,
        client.post(f"/notes/{note.pk}/delete/").status_code,
    ]

    assert answers == [404, 404, 404]
    assert "Secret" not in text_of(client.get("/search/?q=secret")).replace('value="secret"', "")
