"""Backups are complete or missing, and a restored desk sends nothing by itself."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography.fernet import Fernet

from inbox.sandbox.server import Running
from tests import migrated
from tests.forking import Forks
from tests.writing import Mirakl

pytestmark = pytest.mark.long

# In another desk an agent has answered three customers, and nothing has been sent yet.
THREE_REPLIES = """
import uuid
from inbox.models import User
from django.core.files.base import ContentFile
from inbox.management.commands import demo_data
from inbox.models import Outgoing, OutgoingFile, Thread
from inbox.services.mirror import sync
maison = demo_data.connect("maison-verte", {sandbox!r})
sync.refresh([maison], deadline=None)
for thread in Thread.objects.needing_reply().filter(entity_type="MMP_ORDER")[:3]:
    recipients = [one for one in thread.current_participants if one.type == "CUSTOMER"]
    reply = Outgoing.objects.create(
        marketplace=maison, thread=thread, body="Your parcel left on Monday.", recipients=recipients
    )
OutgoingFile.objects.create(
    outgoing=reply, name="proof.txt", size=5, file=ContentFile(b"proof", "proof.txt")
)
"""
DELIVER = """
from inbox.models import Outgoing
from inbox.services.outbox import confirmation, delivery, queue
for pk in Outgoing.objects.values_list("pk", flat=True):
    delivery.deliver(pk)
queue.sweep()
print(sorted(Outgoing.objects.values_list("state", flat=True)))
"""

COUNT = "from inbox.models import Backup; print(Backup.objects.count())"


class Desk:
    """A desk with its own database, used through commands."""

    def __init__(self, forks: Forks, url: str, uploads: Path) -> None:
        self.forks, self.url, self.uploads = forks, url, uploads
        self.env = {"DATABASE_URL": url, "UPLOAD_DIR": str(uploads)}

    def manage(self, *arguments: str | Path, status: int = 0, **env: str) -> str:
        """Returns the command's output."""
        known = [str(one) for one in arguments]
        ended, output, errors = self.forks.manage(*known, env=os.environ | self.env | env)
        assert ended == status, errors
        return output or errors

    def run(self, script: str) -> str:
        """Returns the script's output."""
        return self.manage("shell", "--no-imports", "--command", script, LOG_LEVEL="ERROR").strip()


@contextmanager
def database(template: str = "template0") -> Iterator[str]:
    """Yields the URL of a new database and deletes it at the end."""
    name = f"helpdesk_{uuid.uuid4().hex[:8]}"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def first_desk(
    _sandbox_server: Running, forks: Forks, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The desk that other desks are copies of."""
    _sandbox_server.reset()
    with database(template=os.environ[migrated.NAMED]) as url:
        desk = Desk(forks, url, tmp_path_factory.mktemp("uploads"))
        desk.run(THREE_REPLIES.format(sandbox=_sandbox_server.url))
        yield desk


@pytest.fixture(scope="module")
def first_backup(first_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("backups")
    first_desk.manage("backup", directory)
    return next(directory.iterdir())


@pytest.fixture
def desk(first_desk: Desk, sandbox: Running, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(first_desk.uploads, tmp_path / "uploads")
    with database(template=urlsplit(first_desk.url).path[1:]) as url:
        yield Desk(first_desk.forks, url, tmp_path / "uploads")


@pytest.fixture
def backup(first_backup: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_backup, tmp_path / "backups" / first_backup.name))


def test_a_restored_desk_sends_no_reply_again(desk: Desk, backup: Path, mirakl: Mirakl) -> None:
    assert desk.run(DELIVER) == "['sent', 'sent', 'sent']"

    told = desk.manage("restore", backup, "--replace")

    assert "3 replies were being sent at that time" in told
    assert desk.run(DELIVER) == "['unconfirmed', 'unconfirmed', 'unconfirmed']"
    assert len(mirakl.calls("M12")) == 3
    desk.manage("resume_sending", "--yes")
    assert desk.run(DELIVER) == "['unconfirmed', 'unconfirmed', 'unconfirmed']"
    assert len(mirakl.calls("M12")) == 3
    found = "from inbox.models import Outgoing\nfrom inbox.services.outbox import confirmation\n"
    found += "for one in Outgoing.objects.all(): confirmation.confirm(one)\n"
    desk.run(found)
    assert desk.run(DELIVER) == "['sent', 'sent', 'sent']"
    assert len(mirakl.calls("M12")) == 3


def test_what_is_written_after_a_restore_waits_until_sending_is_resumed(
    desk: Desk, backup: Path, mirakl: Mirakl
) -> None:
    desk.manage("restore", backup, "--replace")
    desk.run(
        "from inbox.models import Outgoing\n"
        "Outgoing.objects.update(state='queued', settled_at=None)"
    )

    held = desk.run(DELIVER)
    desk.manage("resume_sending", "--yes")

    assert held == "['queued', 'queued', 'queued']"
    assert desk.run(DELIVER) == "['sent', 'sent', 'sent']"


def test_a_restore_brings_rows_and_files_but_no_session(
    desk: Desk, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "uploads").rename(tmp_path / "lost")
    desk.run("from inbox.models import Thread\nThread.objects.all().delete()")

    told = desk.manage("restore", backup, "--replace")

    assert "1 staged files" in told
    read = "from inbox.models import OutgoingFile, Thread\n"
    read += "print(OutgoingFile.objects.get().file.read(), Thread.objects.exists())"
    assert desk.run(read) == "b'proof' True"


def test_a_restored_desk_has_statistics_to_plan_searches_by(desk: Desk, backup: Path) -> None:
    desk.manage("restore", backup, "--replace")

    read = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'inbox_thread'")
    print(*cursor.fetchone())
"""
    assert desk.run(read) == "True"


ERASE = """
from inbox.models import Outgoing, Thread
from inbox.services.privacy import erasing, subjects
Outgoing.objects.update(state="discarded", settled_at="2026-01-01T00:00Z")
thread = Thread.objects.exclude(customer_id="").exclude(preview="").first()
subject = subjects.find_subject(thread.marketplace, thread.mirakl_id)
erasing.erase(subject, notes="named")
print(thread.pk)
"""


def test_a_restore_erases_again(desk: Desk, backup: Path, tmp_path: Path) -> None:
    kept = {"ERASURES_FILE": str(tmp_path / "kept" / "erasures.json")}
    desk.env |= kept
    pk = desk.run(ERASE)
    read = f"from inbox.models import Thread\none = Thread.objects.get(pk={pk})\n"
    read += "print([one.customer_id, one.preview], one.marketplace.has_erasures)"

    # The desk that is replaced still has the marks, and so has the file.
    desk.manage("restore", backup, "--replace")
    assert desk.run(read) == "['', ''] True"
    desk.run("from inbox.models import ErasureMark\nErasureMark.objects.all().delete()")

    told = desk.manage("restore", backup, "--replace")

    assert " marks of erasures since then" in told
    assert "\n0 marks" not in told
    assert desk.run(read) == "['', ''] True"


def test_a_good_backup_passes_its_check_and_leaves_nothing(desk: Desk, backup: Path) -> None:
    told = desk.manage("restore", "--check", backup)

    assert "The backup is good: " in told
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        rows = server.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'helpdesk_check%'")
        assert rows.fetchall() == []


def test_a_backup_names_its_secrets_for_nobody_else_to_read(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())

    assert os.environ["CREDENTIAL_KEYS"] in (backup / "secrets.env").read_text()
    assert os.environ["CREDENTIAL_KEYS"] not in (backup / "manifest.json").read_text()
    assert (backup / "secrets.env").stat().st_mode & 0o077 == 0
    assert backup.stat().st_mode & 0o077 == 0
    assert manifest["rows"]["inbox_outgoing"] == 3


def test_a_backup_names_the_head_of_the_audit_log(desk: Desk, backup: Path) -> None:
    head = json.loads((backup / "manifest.json").read_text())["audit_head"]
    desk.manage("restore", backup, "--replace")

    assert "Head: " in desk.manage("audit", "verify", "--head", head)
    longer = f"{int(head.partition(':')[0]) + 9}:00"
    assert "missing at the end" in desk.manage("audit", "verify", "--head", longer, status=1)


@pytest.mark.parametrize(
    ("name", "words"), [("database.dump", "database.dump changed"), ("manifest.json", "no whole")]
)
def test_a_damaged_backup_is_refused(name: str, words: str, desk: Desk, backup: Path) -> None:
    with (backup / name).open("r+b") as file:
        file.seek(30)
        file.write(b"\xff\xff\xff")

    assert words in desk.manage("restore", backup, "--replace", status=1)
    assert desk.run(DELIVER) == "['sent', 'sent', 'sent']"


def test_a_backup_of_other_keys_is_refused(desk: Desk, backup: Path) -> None:
    other = {"CREDENTIAL_KEYS": Fernet.generate_key().decode()}

    told = desk.manage("restore", backup, "--replace", status=1, **other)

    assert "Take them from its secrets.env" in told


def test_a_desk_is_not_overwritten_by_mistake(desk: Desk, backup: Path) -> None:
    assert "add --replace" in desk.manage("restore", backup, status=1)


def test_a_desk_that_somebody_works_on_is_not_overwritten(desk: Desk, backup: Path) -> None:
    with psycopg.connect(desk.url):
        told = desk.manage("restore", backup, "--replace", status=1)

    assert "Stop web and worker first" in told


def test_a_restore_that_fails_leaves_the_desk_as_it_was(
    desk: Desk, backup: Path, tmp_path: Path
) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["rows"]["inbox_outgoing"] = 4
    (backup / "manifest.json").write_text(json.dumps(manifest))

    told = desk.manage("restore", backup, "--replace", status=1)

    assert "Rows are missing or too many in: inbox_outgoing" in told
    assert desk.run(DELIVER) == "['sent', 'sent', 'sent']"


def test_a_backup_that_fails_leaves_the_older_ones(desk: Desk, backup: Path) -> None:
    with psycopg.connect(desk.url) as connection:
        version = connection.info.server_version // 10000
    broken = backup.parent.parent / "pg_dump"
    broken.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.0'\nexit ${{2:+1}}\n")
    broken.chmod(0o755)
    before = desk.run(COUNT)

    told = desk.manage("backup", backup.parent, "--keep", "1", status=1, PATH=str(broken.parent))

    assert "pg_dump failed" in told
    assert list(backup.parent.iterdir()) == [backup]
    assert desk.run(COUNT) == before


def test_older_backups_go_once_there_is_a_newer_one(desk: Desk, backup: Path) -> None:
    before = int(desk.run(COUNT))

    desk.manage("backup", backup.parent, "--keep", "1")

    left = list(backup.parent.iterdir())
    assert len(left) == 1
    assert left != [backup]
    assert int(desk.run(COUNT)) == before + 1
