"""Reports read a copy of the database, if the desk has one, and only read."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connections
from django.test import Client
from django.utils import timezone

from helpdesk import embedded
from inbox.models import Marketplace, MirrorState, Span, User
from inbox.services.insight import replica
from inbox.services.insight.reports import snapshot
from tests.builders import text_of
from tests.reporting import Report, read_csv, utc, wait

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", replica.ALIAS])
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def lead(bob: User, maison: Marketplace, client: Client) -> Report:
    MirrorState.objects.update(refreshed_at=timezone.now())
    wait(maison, utc("2026-10-05T08:00"), 3600)
    client.force_login(bob)
    return Report(client)


@pytest.fixture(autouse=True, scope="module")
def _named() -> Iterator[None]:
    """Django forbids a test databases that it does not name, and would empty this one."""
    default = connections.databases["default"]
    connections.databases[replica.ALIAS] = default | {
        "TEST": {"MIRROR": "default"},
        "OPTIONS": {**default["OPTIONS"]},
    }
    yield
    del connections.databases[replica.ALIAS]


@pytest.fixture
def without_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "ALIAS", "another")


@pytest.fixture
def copy(lead: Report) -> Iterator[embedded.Server]:
    """A server that has what the tests' one had, and has stopped following it."""
    named = connections.databases[replica.ALIAS]
    options = named["OPTIONS"]
    with embedded.postgresql_copy(options["host"], max_connections="1000") as server:
        named["OPTIONS"] = options | {"host": str(server.home)}
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_pause()")
        yield server
        connections[replica.ALIAS].close()
        connections[replica.ALIAS].close_pool()  # type: ignore[attr-defined]
        del connections[replica.ALIAS]
        named["OPTIONS"] = options


@pytest.mark.usefixtures("copy")
def test_a_report_and_its_files_are_those_of_the_copy(lead: Report) -> None:
    Span.objects.all().delete()

    page = lead.open("time", **OCTOBER)

    assert lead.value("reply_seconds_p50") == "3600"
    assert "As of " in page.text
    answered = next(one.url for one in lead.figures if one.metric == "reply_seconds_p50")
    assert lead.rows(answered) == 1
    assert len(lead.table(answered)) == 1
    assert len(read_csv(lead.client.get("/reports/spans.csv", OCTOBER))) == 1
    assert not Span.objects.exists()


@pytest.mark.usefixtures("copy")
def test_nothing_is_written_in_a_report(lead: Report) -> None:
    with snapshot(), connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("on",)
        with pytest.raises(DatabaseError, match="read-only transaction"):
            cursor.execute("DELETE FROM inbox_span")


@pytest.mark.usefixtures("without_copy")
def test_without_a_copy_the_page_is_of_now(lead: Report) -> None:
    page = lead.open("time", **OCTOBER)

    assert lead.value("reply_seconds_p50") == "3600"
    assert "As of " not in page.text


def test_a_copy_that_is_away_is_told(lead: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    options = connections.databases[replica.ALIAS]["OPTIONS"]
    monkeypatch.setitem(options, "host", "/nowhere")
    lead.client.raise_request_exception = False

    response = lead.client.get("/reports/time/", OCTOBER)

    assert response.status_code == 503
    assert "responding" in text_of(response)
