"""`manage.py doctor` says of each part whether it is well, and what to do."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from helpdesk import workers
from inbox.models import Backup, Marketplace
from inbox.services.ops.doctor import database, examination, findings, network, processes
from inbox.services.ops.doctor.findings import Check, Finding, State
from tests.mail_server import running_mail_server
from tests.proxying import HOST, certify

pytestmark = pytest.mark.django_db(transaction=True)


def told(check: Check) -> list[tuple[str, str]]:
    return [(one.state, one.words) for one in check()]


def only(check: Check) -> Finding:
    (finding,) = check()
    return finding


# -- the command -----------------------------------------------------------


@pytest.fixture
def silent_network(settings: Settings) -> None:
    settings.DESK_URL, settings.SENDS_MAIL = "", False


def examine(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = 0
    try:
        call_command("doctor", "--no-color", *arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, capsys.readouterr().out


def test_it_lists_every_part_and_fails_where_one_is_not_well(
    maison: Marketplace, silent_network: None, capsys: pytest.CaptureFixture[str]
) -> None:
    workers.client().delete(workers.KEY)

    status, output = examine(capsys)

    assert status == 1
    assert "ok       database" in output
    assert "problem  worker" in output
    assert "→ Start the `worker` of Procfile." in output
    assert "warning  backup" in output


def test_programs_read_the_same_as_json(
    silent_network: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "CHECKS", {"disk": processes.check_disk})

    status, output = examine(capsys, "--json")

    (read,) = json.loads(output)
    assert status == 0
    assert (read["part"], read["state"], read["remedy"]) == ("disk", "ok", "")


def test_a_part_that_hangs_is_told_and_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(findings, "DEADLINE_SECONDS", 0.2)
    never = Event()

    def hang() -> Iterator[Finding]:
        never.wait(60)
        yield findings.ok("slow", "at last")

    found = findings.run_checks({"slow": hang, "disk": processes.check_disk})
    never.set()

    assert [one.state for one in found] == [State.PROBLEM, State.OK]
    assert "no answer within" in found[0].words


def test_a_check_that_breaks_is_a_finding() -> None:
    def refuse() -> Iterator[Finding]:
        yield findings.ok("first", "fine")
        raise OSError("no such host\nand more")

    (found,) = findings.run_checks({"part": refuse})

    assert (found.state, found.words) == (State.PROBLEM, "no such host")


# -- the database ----------------------------------------------------------


def test_it_compares_the_versions_of_the_sort_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another C library sorts otherwise than the one that built the indexes."""
    assert only(database.check_collation).state == State.OK

    def read(query: str) -> tuple[str, ...]:
        return ("180001",) if "server_version_num" in query else ("2.36", "2.41", "desk")

    monkeypatch.setattr(database, "_row", read)

    found = only(database.check_collation)

    assert found.state == State.PROBLEM
    assert 'REINDEX DATABASE "desk"' in found.remedy


def test_it_names_an_index_that_was_built_by_half() -> None:
    assert only(database.check_indexes).state == State.OK
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX half_built ON inbox_tag (name)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_built'::regclass"
        )
    try:
        assert "half_built" in only(database.check_indexes).words
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX half_built")


def test_it_counts_missing_migrations_and_names_a_newer_release() -> None:
    assert only(database.check_migrations).state == State.OK
    recorder = MigrationRecorder(connection)
    recorder.record_applied("inbox", "0999_of_tomorrow")
    try:
        assert "0999_of_tomorrow" in only(database.check_migrations).words
    finally:
        recorder.record_unapplied("inbox", "0999_of_tomorrow")


@pytest.mark.parametrize(("days", "state"), [(1, "ok"), (3, "problem")])
def test_it_knows_how_old_the_last_backup_is(days: int, state: str) -> None:
    Backup.objects.create(made_at=timezone.now() - timedelta(days=days))

    assert only(database.check_backup).state == state


# -- the desk's own parts --------------------------------------------------


def test_it_tells_which_settings_are_not_sound(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS = True, 3600
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = token_urlsafe(50), ["localhost"]
    assert told(processes.check_settings) == [("ok", "sound")]

    settings.TRUSTED_PROXIES = -1

    assert told(processes.check_settings) == [("problem", "TRUSTED_PROXIES must be 0 or more.")]


def test_it_hears_workers() -> None:
    workers.client().delete(workers.KEY)
    workers.beat(workers.myself("celery@test"))

    assert "1 running" in only(processes.check_workers).words


def test_it_writes_where_files_are_staged_and_leaves_nothing(settings: Settings) -> None:
    before = set(Path(settings.MEDIA_ROOT).rglob("*"))

    assert only(processes.check_storage).state == State.OK
    assert set(Path(settings.MEDIA_ROOT).rglob("*")) == before


def test_it_names_credentials_that_no_key_opens(maison: Marketplace) -> None:
    assert told(processes.check_credentials) == [("ok", "1 open")]
    maison.sealed_credential = "of a lost key"
    maison.save(update_fields=["sealed_credential"])

    assert told(processes.check_credentials) == [("problem", "no key opens those of maison-verte")]


def test_it_says_that_sending_is_off(maison: Marketplace) -> None:
    Marketplace.objects.update(held_since=timezone.now())

    assert ("warning", "sending is off since a restore") in told(processes.check_outbox)


def test_clocks_agree_with_the_databases(maison: Marketplace) -> None:
    assert only(processes.check_clocks).state == State.OK


# -- the network -----------------------------------------------------------


def test_it_says_hello_to_the_mail_server_and_sends_only_when_asked(settings: Settings) -> None:
    settings.SENDS_MAIL = True
    with running_mail_server(settings) as server:
        assert only(network.check_mail).state == State.OK
        assert server.got == []

        sent = network.send_mail("ada@desk.example")

    assert sent.state == State.OK
    assert server.readers == ["ada@desk.example"]
    assert only(network.check_mail).state == State.PROBLEM


@contextmanager
def proxy(answer: str) -> Iterator[str]:
    """Answers each request with the same head."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def serve() -> None:
            with suppress(OSError):
                while True:
                    with server.accept()[0] as asker:
                        asker.recv(4096)
                        asker.sendall(answer.format(url=url).encode())

        Thread(target=serve, daemon=True).start()
        yield url


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "pass the header Host on"),
        (
            "HTTP/1.1 301 Moved\r\nLocation: {url}/accounts/login/\r\nContent-Length: 0\r\n\r\n",
            "set X-Forwarded-Proto",
        ),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "See the log of the proxy"),
    ],
)
def test_it_names_what_the_proxy_does_not_pass_on(
    settings: Settings, answer: str, words: str
) -> None:
    with proxy(answer) as url:
        settings.DESK_URL = url
        found = next(network.check_public_url())

    assert found.state == State.PROBLEM
    assert words in found.remedy


def test_a_desk_that_is_reached_may_not_show_its_inside(settings: Settings) -> None:
    with proxy("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") as url:
        settings.DESK_URL = url
        words = [one.words for one in network.check_public_url()]

    assert words[0].endswith("leads to the desk")
    assert words[1:] == ["/readyz can be read from outside", "/metrics can be read from outside"]


@contextmanager
def https(home: Path, days: int) -> Iterator[str]:
    """Shows a certificate that is valid for so many days."""
    certify(home, days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "certificate.pem", home / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                with suppress(OSError), server.accept()[0] as asker:
                    context.wrap_socket(asker, server_side=True).close()

        Thread(target=serve, daemon=True).start()
        yield f"https://{HOST}:{server.getsockname()[1]}/api"


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (5, "warning")])
def test_it_counts_the_days_that_a_certificate_is_valid(
    maison: Marketplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: str
) -> None:
    with https(tmp_path, days) as maison.base_url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        found = only(lambda: network.check_certificate_of(maison))

    assert (found.state, found.words) == (state, f"valid for {days - 1} days")


def test_it_says_why_a_certificate_is_not_trusted(maison: Marketplace, tmp_path: Path) -> None:
    with https(tmp_path, 60) as maison.base_url:
        found = only(lambda: network.check_certificate_of(maison))

    assert (found.state, found.words) == ("problem", "self-signed certificate")
