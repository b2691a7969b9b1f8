"""A full disk gives an error, leaves no partial file, and loses no text."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from helpdesk import errors, storage
from helpdesk.time_outs import ReportTooSlowError
from inbox.models import Draft, DraftFile, Outgoing, Thread, User
from inbox.services.composing import drafts
from tests.builders import post_reply, text_of
from tests.html import Page
from tests.writing import Mirakl, file, staged_names

AS_FRAGMENT = {"HX-Request": "true"}
BIG = b"x" * 300_000


NO_ROOM = OSError(errno.ENOSPC, "No space left on device")


class RunsOut(ContentFile):  # type: ignore[type-arg]
    """A disk with three bytes of space."""

    def __init__(self, content: bytes, failure: OSError = NO_ROOM) -> None:
        super().__init__(content)
        self.failure = failure

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"abc"
        raise self.failure


class FullDisk(storage.Disk):
    def _save(self, name: str, content: Any) -> str:
        return super()._save(name, RunsOut(b""))


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def full_disk(settings: Settings) -> None:
    backend = f"{__name__}.FullDisk"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend}}


@pytest.fixture
def agent(alice: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    return client


def files_in(directory: str) -> list[str]:
    return [name for _path, _folders, names in os.walk(directory) for name in names]


# -- writing --------------------------------------------------------------


@pytest.mark.usefixtures("full_disk")
def test_no_part_of_a_file_stays(thread: Thread, alice: User, tmp_path: Path) -> None:
    with pytest.raises(storage.DiskFull, match="disk is full"):
        drafts.attach(thread, user=alice, upload=file())

    assert files_in(str(tmp_path)) == []
    assert not DraftFile.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing_either(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="reset"):
        default_storage.save("replies/name", RunsOut(b"", OSError("reset")))

    assert files_in(str(tmp_path)) == []


def test_a_customers_file_is_nobody_elses_to_read() -> None:
    path = Path(default_storage.path(default_storage.save("replies/name", ContentFile(b"x"))))

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


# -- error messages -------------------------------------------------------


@pytest.mark.usefixtures("full_disk")
def test_an_upload_shows_the_error(agent: Client, thread: Thread) -> None:
    url = f"{thread.get_absolute_url()}draft/files/"

    response = agent.post(url, {"file": file()}, headers=AS_FRAGMENT)

    assert response.status_code == 507
    assert text_of(response).startswith("The server's disk is full")
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.usefixtures("full_disk")
def test_a_reply_keeps_its_text_and_is_not_sent(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    response = post_reply(agent, waiting, htmx=False, body="See the picture", files=[file()])

    page = text_of(response)
    assert response.status_code == 422
    assert "disk is full" in page
    assert "See the picture" in Page(page).texts("textarea")
    assert not Outgoing.objects.exists()
    assert mirakl.calls("M12") == []


@pytest.mark.usefixtures("full_disk")
def test_the_draft_goes_on_being_saved(agent: Client, thread: Thread, alice: User) -> None:
    drafts.save(thread, user=alice, body="See the picture", recipients=[], token=None)

    agent.post(f"{thread.get_absolute_url()}draft/files/", {"file": file()}, headers=AS_FRAGMENT)

    assert Draft.objects.get().body == "See the picture"
    assert staged_names() == set()


def test_a_full_folder_for_temporary_files_is_told_too(
    agent: Client, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_args: Any, **_options: Any) -> None:
        raise NO_ROOM

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", no_room)
    upload = file("large.bin", BIG)

    response = agent.post(f"{thread.get_absolute_url()}reply/", {"files": upload})

    assert response.status_code == 507
    assert "disk is full" in text_of(response)


@pytest.mark.parametrize(
    ("cause", "status", "text"),
    [
        (psycopg.errors.DiskFull("could not extend file"), 507, "The server's disk is full"),
        (ReportTooSlowError("statement timeout"), 503, "This report takes too long"),
        (psycopg.errors.QueryCanceled("statement timeout"), 503, "The database stopped a query"),
        (psycopg.OperationalError("connection refused"), 503, "The database isn't responding"),
    ],
)
def test_the_databases_troubles_are_told_apart(cause: Exception, status: int, text: str) -> None:
    try:
        raise OperationalError("it failed") from cause
    except OperationalError:
        response = errors.server_error(RequestFactory().get("/", headers=AS_FRAGMENT))

    assert response.status_code == status
    assert text_of(response).startswith(text)


@pytest.mark.django_db
def test_a_session_that_cannot_be_saved_is_no_bad_request(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_session(request: HttpRequest) -> HttpResponse:
        request.session["here"] = "yes"
        return HttpResponse()

    def refuse(*_args: Any, **_options: Any) -> None:
        raise OperationalError("the connection is closed")

    session = SessionStore()
    session.create()
    request = RequestFactory().get("/", headers=AS_FRAGMENT)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    monkeypatch.setattr("django.contrib.sessions.models.Session.save", refuse)

    with pytest.raises(SessionInterrupted) as caught:
        SessionMiddleware(change_session)(request)

    response = errors.bad_request(request, caught.value)
    assert response.status_code == 503
    assert text_of(response).startswith("The database isn't responding")


def test_a_bad_request_is_told_as_such() -> None:
    response = errors.bad_request(RequestFactory().get("/"), BadRequest("no"))

    assert response.status_code == 400


def test_any_other_failure_is_a_500() -> None:
    assert errors.server_error(RequestFactory().get("/")).status_code == 500


# -- how much room is left --------------------------------------------------


def test_room_is_measured_before_the_folder_is_there(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "not" / "yet")

    assert storage.free_bytes()


def test_a_bucket_has_room(settings: Settings) -> None:
    settings.S3_BUCKET = "desk"

    assert storage.free_bytes() is None
    assert not storage.is_low(None)


@pytest.mark.django_db
def test_it_says_so_where_people_look(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: FewLeft)

    assert b"files: 12 MB free in UPLOAD_DIR; make room" in admin_client.get("/readyz").content
    assert b"helpdesk_files_free_bytes 1.2e+07" in admin_client.get("/metrics").content
    assert "Free up space soon" in text_of(admin_client.get("/system/"))


class FewLeft:
    free = 12_000_000
