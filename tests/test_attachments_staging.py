"""Staged files: accepted types, names, and clean-up."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from pytest_django import Settings

from inbox.models import Outgoing, Thread, User
from inbox.models.outgoing import STAGED_IN
from inbox.services import files
from inbox.services.files import problem_with
from inbox.services.outbox import delivery
from tests.writing import change, file, queued, staged_names


@pytest.fixture(autouse=True)
def _storage_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """Uses its own storage: a sweep would find files of other tests that were rolled back."""
    settings.MEDIA_ROOT = str(tmp_path)


def sized(*sizes: int) -> list[UploadedFile]:
    return [UploadedFile(name=f"{number}.png", size=size) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    "files", [[], sized(1), sized(15_000_000, 15_000_000), sized(*[1] * 50)], ids=len
)
def test_it_takes_what_mirakl_takes(files: list[UploadedFile]) -> None:
    assert problem_with(files) == ""


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (sized(30_000_001), "30 MB, but a message can have up to 30 MB"),
        (sized(15_000_000, 15_000_001), "total"),
        (sized(*[1] * 51), "51 files"),
        (sized(1, 0), "“1.png” is empty"),
    ],
    ids=["one too large", "too large together", "too many", "empty"],
)
def test_it_says_what_is_wrong_before_anything_is_sent(
    files: list[UploadedFile], words: str
) -> None:
    assert words in problem_with(files)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("lamp.png", "lamp.png"),
        ("Lampe été 👋.png", "Lampe été 👋.png"),
        ("/etc/passwd", "passwd"),
        ("C:\\Temp\\lamp.png", "lamp.png"),
        ("lamp\r\nSet-Cookie: a=b.png", "lampSet-Cookie: a=b.png"),
        ("gpj.\u202egnp.exe", "gpj.gnp.exe"),
        (".htaccess", "htaccess"),
        ("box 40%22 x 30%22.jpg", 'box 40" x 30".jpg'),
        ("..", "attachment"),
        ("", "attachment"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def test_a_long_name_keeps_its_suffix() -> None:
    name = files.safe_name("a" * 300 + ".pdf")

    assert len(name) == files.LONGEST_NAME
    assert name.endswith("a.pdf")


@pytest.mark.parametrize("letter", ["é", "漢", "😀"])
def test_a_long_name_is_cut_between_its_characters(letter: str) -> None:
    name = files.safe_name(letter * 300 + ".jpeg")

    assert files.LONGEST_NAME - 4 < len(name.encode()) <= files.LONGEST_NAME
    assert set(name.removesuffix(".jpeg")) == {letter}


def test_what_is_too_long_for_a_suffix_is_none() -> None:
    name = files.safe_name("lamp." + "x" * 300)

    assert name == ("lamp." + "x" * 300)[: files.LONGEST_NAME]


def test_a_staged_file_is_opened_when_its_turn_has_come(thread: Thread, alice: User) -> None:
    (row,) = queued(thread, alice, files=[file("lamp.png", b"pixels")]).files.all()

    upload = files.staged(row)

    with upload.open() as opened:
        assert (upload.name, upload.size, opened.read()) == ("lamp.png", 6, b"pixels")


def test_a_lost_file_says_which_one_it_is(thread: Thread, alice: User) -> None:
    (row,) = queued(thread, alice, files=[file("lamp.png")]).files.all()
    default_storage.delete(str(row.file.name))

    with pytest.raises(files.Lost, match=r"lamp\.png"):
        files.staged(row)


def test_a_sent_reply_is_sent_even_where_its_file_cannot_be_removed(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = queued(thread, alice, files=[file()])

    def refuses(_name: str) -> None:
        raise RuntimeError("whatever a storage raises")

    monkeypatch.setattr(default_storage, "delete", refuses)

    assert delivery.deliver(reply.pk).state == Outgoing.State.SENT
    assert reply.files.exclude(file="").exists()


# -- the sweep ------------------------------------------------------------


def age(name: str, span: timedelta) -> None:
    moment = (timezone.now() - span).timestamp()
    os.utime(default_storage.path(name), (moment, moment))


@pytest.mark.django_db
def test_it_sweeps_files_that_no_row_knows() -> None:
    orphan = default_storage.save(f"{STAGED_IN}/orphan", ContentFile(b"of a lost transaction"))
    age(orphan, timedelta(days=2))

    files.sweep()

    assert not default_storage.exists(orphan)


@pytest.mark.django_db
def test_it_leaves_files_whose_row_may_still_come() -> None:
    young = default_storage.save(f"{STAGED_IN}/young", ContentFile(b"not committed yet"))

    files.sweep()

    assert default_storage.exists(young)
    default_storage.delete(young)


@pytest.mark.parametrize("state", ["queued", "sending", "unconfirmed", "failed"])
def test_it_leaves_files_that_are_still_wanted(thread: Thread, alice: User, state: str) -> None:
    reply = queued(thread, alice, files=[file()])
    path = str(reply.files.get().file.name)
    age(path, timedelta(days=9))
    change(reply, state=state, queued_at=timezone.now() - timedelta(days=9))
    Outgoing.objects.filter(state="failed").update(settled_at=timezone.now() - timedelta(days=9))

    files.sweep()

    assert default_storage.exists(path)


@pytest.mark.parametrize("state", ["sent", "discarded"])
def test_it_sweeps_what_a_settled_reply_has_left(thread: Thread, alice: User, state: str) -> None:
    before = staged_names()
    reply = queued(thread, alice, files=[file()])
    change(reply, state=state, settled_at=timezone.now() - timedelta(days=2))

    files.sweep()

    assert staged_names() == before
    assert not reply.files.exclude(file="").exists()


def test_a_large_upload_is_staged_from_its_own_file(thread: Thread, alice: User) -> None:
    # Above FILE_UPLOAD_MAX_MEMORY_SIZE Django keeps uploads on disk, below in memory.
    content = os.urandom(300_000)

    reply = queued(thread, alice, files=[SimpleUploadedFile("noise.bin", content)])

    with reply.files.get().file.open() as opened:
        assert opened.read() == content
