"""Files of a draft: staged at once, moved to its reply, and private to its author."""

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from inbox.models import Attachment, Draft, DraftFile, Message, Outgoing, Thread, User
from inbox.services import files
from inbox.services.composing import drafts
from inbox.services.outbox import delivery, queue
from tests.builders import text_of, viewer_of
from tests.writing import Mirakl, file, queued, staged_names

AS_FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def attach(thread: Thread, user: User, name: str = "lamp.png", **more: Any) -> DraftFile:
    return drafts.attach(thread, user=user, upload=file(name), **more)


# -- the service ----------------------------------------------------------


def test_a_file_begins_a_draft_and_is_staged(thread: Thread, alice: User) -> None:
    row = attach(thread, alice)

    draft = Draft.objects.get()
    assert (draft.user, draft.body, [str(one) for one in draft.files.all()]) == (
        alice,
        "",
        ["lamp.png"],
    )
    with row.file.open() as opened:
        assert opened.read() == b"a small picture"


def test_a_file_joins_the_text_that_is_there(thread: Thread, alice: User) -> None:
    drafts.save(thread, user=alice, body="See below", recipients=[], token=None)

    attach(thread, alice)

    assert Draft.objects.get().body == "See below"


def test_what_is_typed_in_the_same_form_is_no_other_tabs(thread: Thread, alice: User) -> None:
    token = uuid.uuid4()
    attach(thread, alice, token=token)

    kept = drafts.save(
        thread, user=alice, body="See below", recipients=["CUSTOMER"], token=token, based_on=""
    )

    assert kept.draft
    assert (kept.is_refused, kept.draft.begun_for) == (False, ["CUSTOMER"])


def test_text_that_is_rubbed_out_leaves_the_files(thread: Thread, alice: User) -> None:
    attach(thread, alice)

    drafts.save(thread, user=alice, body="", recipients=[], token=None)

    assert Draft.objects.get().files.count() == 1


@pytest.mark.parametrize(("size", "room", "words"), [(0, 50, "empty"), (9, 0, "0 more files here")])
def test_what_mirakl_would_refuse_is_not_kept(
    thread: Thread, alice: User, size: int, room: int, words: str
) -> None:
    message = Message.objects.create(
        marketplace=thread.marketplace, thread=thread, mirakl_id="m", created_at=timezone.now()
    )
    Attachment.objects.bulk_create(
        Attachment(
            marketplace=message.marketplace, message=message, mirakl_id=f"a-{number}", name="a.png"
        )
        for number in range(50 - room)
    )

    with pytest.raises(drafts.FileRefused, match=words):
        drafts.attach(thread, user=alice, upload=SimpleUploadedFile("a.png", bytes(size)))

    assert (Draft.objects.count(), staged_names()) == (0, set())


def test_all_of_a_draft_counts_against_one_messages_bytes(thread: Thread, alice: User) -> None:
    attach(thread, alice)
    DraftFile.objects.update(size=29_999_990)

    with pytest.raises(drafts.FileRefused, match="total"):
        attach(thread, alice)

    assert len(staged_names()) == 1


def test_nothing_is_attached_to_what_has_been_sent(thread: Thread, alice: User) -> None:
    reply = queued(thread, alice)

    with pytest.raises(drafts.FileRefused, match="was already sent"):
        attach(thread, alice, token=reply.token)

    assert (Draft.objects.count(), staged_names()) == (0, set())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_become_one_draft_within_the_limit(thread: Thread, alice: User) -> None:
    def upload() -> None:
        try:
            drafts.attach(thread, user=alice, upload=SimpleUploadedFile("a.bin", bytes(8_000_000)))
        except drafts.FileRefused:
            refused.append(1)
        finally:
            connection.close()

    refused: list[int] = []
    uploads = [threading.Thread(target=upload) for _ in range(6)]
    for one in uploads:
        one.start()
    for one in uploads:
        one.join()

    assert (Draft.objects.count(), DraftFile.objects.count(), len(refused)) == (1, 3, 3)
    assert len(staged_names()) == 3


def test_what_is_taken_out_leaves_storage_and_an_empty_draft_goes(
    thread: Thread, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    row = attach(thread, alice)

    with django_capture_on_commit_callbacks(execute=True):
        drafts.detach(row)

    assert (Draft.objects.count(), staged_names()) == (0, set())


def test_what_has_gone_with_a_reply_is_not_taken_from_it(thread: Thread, alice: User) -> None:
    row = attach(thread, alice)
    reply = queued(thread, alice)

    drafts.detach(row)

    assert default_storage.exists(str(reply.files.get().file.name))


def test_its_files_go_with_the_reply_without_being_copied(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    path = attach(thread, alice).file.name

    reply = queued(thread, alice)

    (row,) = reply.files.all()
    assert (row.file.name, row.name, row.size) == (path, "lamp.png", 15)
    assert delivery.deliver(reply.pk).state == Outgoing.State.SENT
    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    assert mirakl.download(attached["id"]) == b"a small picture"
    assert (Draft.objects.count(), staged_names()) == (0, set())


def test_files_of_the_form_are_sent_though_another_tab_has_other_text(
    thread: Thread, alice: User
) -> None:
    drafts.save(thread, user=alice, body="In another tab", recipients=[], token=uuid.uuid4())
    row = attach(thread, alice)

    reply = queued(thread, alice, kept=[row.key], based_on="an older version")

    assert [one.name for one in reply.files.all()] == ["lamp.png"]
    assert Draft.objects.get().body == "In another tab"


def test_undo_gives_them_back(thread: Thread, alice: User) -> None:
    attach(thread, alice)
    reply = queued(thread, alice, undo_seconds=10)

    queue.take_back(reply, alice)

    assert [one.name for one in Draft.objects.get().files.all()] == ["lamp.png"]
    assert not reply.files.exclude(file="").exists()


def test_a_sweep_leaves_files_of_drafts_however_old(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(attach(thread, alice).file.name)
    monkeypatch.setattr(files, "ORPHANED_AFTER", -files.ORPHANED_AFTER)

    files.sweep()

    assert default_storage.exists(path)


def test_a_sweep_takes_files_of_drafts_that_are_gone(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(thread, alice)
    thread.delete()
    monkeypatch.setattr(files, "ORPHANED_AFTER", -files.ORPHANED_AFTER)

    files.sweep()

    assert staged_names() == set()


# -- its pages ------------------------------------------------------------


def post(client: Client, thread: Thread, name: str = "lamp.png", **headers: str) -> Any:
    return client.post(
        f"{thread.get_absolute_url()}draft/files/", {"file": file(name)}, headers=headers
    )


def test_an_upload_is_answered_with_its_place_in_the_list(agent: Client, thread: Thread) -> None:
    response = post(agent, thread, **AS_FRAGMENT)

    row = DraftFile.objects.get()
    page = text_of(response)
    assert (response.status_code, "<html" in page) == (201, False)
    assert f'name="kept" value="{row.pk}" checked' in page
    assert f"/drafts/files/{row.pk}/remove/" in page


def test_an_upload_without_javascript_leads_back(agent: Client, thread: Thread) -> None:
    response = post(agent, thread)

    assert response["Location"] == f"{thread.get_absolute_url()}#composer-{thread.pk}"


def test_a_refusal_shows_the_error(agent: Client, thread: Thread) -> None:
    response = agent.post(
        f"{thread.get_absolute_url()}draft/files/",
        {"file": SimpleUploadedFile("e.txt", b"")},
        headers=AS_FRAGMENT,
    )

    assert (response.status_code, response["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "“e.txt” is empty" in text_of(response)


def test_nothing_chosen_is_nothing(agent: Client, thread: Thread) -> None:
    response = agent.post(f"{thread.get_absolute_url()}draft/files/")

    assert (response.status_code, response.content) == (422, b"Choose a file.")


@pytest.mark.parametrize("headers", [{}, AS_FRAGMENT], ids=["plain", "htmx"])
def test_it_is_taken_out_again(
    agent: Client, alice: User, thread: Thread, headers: dict[str, str]
) -> None:
    row = attach(thread, alice)

    response = agent.post(f"/drafts/files/{row.pk}/remove/", headers=headers)

    assert response.status_code == (204 if headers else 302)
    assert not DraftFile.objects.exists()


def test_it_is_there_when_the_thread_is_opened_again(
    agent: Client, alice: User, thread: Thread
) -> None:
    row = attach(thread, alice, "été.png")

    page = text_of(agent.get(thread.get_absolute_url()))

    assert "été.png" in page
    assert f'name="kept" value="{row.pk}" checked' in page


def reply_with(client: Client, thread: Thread, **more: Any) -> Any:
    wanted = {"token": str(uuid.uuid4()), "body": "See below", "to": ["CUSTOMER"]}
    return client.post(f"{thread.get_absolute_url()}reply/", wanted | more, headers=AS_FRAGMENT)


def test_the_form_sends_those_it_names_and_throws_the_others_away(
    agent: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    agent.get(thread.get_absolute_url())
    wanted, _other = attach(thread, alice, "a.png"), attach(thread, alice, "b.png")

    reply_with(agent, thread, kept=["", wanted.pk])

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    assert attached["name"] == "a.png"
    assert not DraftFile.objects.exists()


def test_a_form_that_names_a_file_that_is_gone_sends_nothing(
    agent: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    agent.get(thread.get_absolute_url())
    row = attach(thread, alice)
    drafts.detach(row)

    response = reply_with(agent, thread, kept=["", row.pk])

    assert response.status_code == 422
    assert "no longer here" in text_of(response)
    assert mirakl.calls("M12") == []


def test_nobody_sends_a_colleagues_file(
    agent: Client, bob: User, thread: Thread, mirakl: Mirakl
) -> None:
    agent.get(thread.get_absolute_url())
    row = attach(thread, bob)

    response = reply_with(agent, thread, kept=["", row.pk])

    assert (response.status_code, mirakl.calls("M12")) == (422, [])
    assert DraftFile.objects.get() == row


def test_nobody_takes_out_or_sees_a_colleagues_file(
    agent: Client, bob: User, thread: Thread
) -> None:
    row = attach(thread, bob, "of bob.png")

    response = agent.post(f"/drafts/files/{row.pk}/remove/")

    assert (response.status_code, DraftFile.objects.count()) == (404, 1)
    assert "of bob.png" not in text_of(agent.get(thread.get_absolute_url()))


def test_an_outsider_attaches_nothing(client: Client, charlie: User, thread: Thread) -> None:
    client.force_login(charlie)

    assert (post(client, thread).status_code, staged_names()) == (404, set())


def test_a_viewer_attaches_nothing(client: Client, thread: Thread) -> None:
    client.force_login(viewer_of(thread.marketplace))

    assert (post(client, thread).status_code, staged_names()) == (403, set())
