"""Metrics: counters, processes that do not overwrite each other, and access."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from inbox.mirakl import Unavailable
from inbox.models import Thread, User
from inbox.services.marketplaces import clients
from tests.builders import text_of
from tests.writing import Mirakl

TOKEN = "a token of a good length"
# Counts as often as told, then waits for its end.
COUNTER = """
import sys, django
django.setup()
from helpdesk.metrics import REQUESTS
for _ in range(int(sys.argv[1])):
    REQUESTS.labels("inbox", "GET", 200).inc()
print("done", flush=True)
sys.stdin.read()
"""


def value(text: str, name: str, **labels: str) -> float:
    """Returns the value of a metric; 0 if it is missing."""
    rows = [row for family in text_string_to_metric_families(text) for row in family.samples]
    return sum(
        row.value for row in rows if row.name == name and labels.items() <= row.labels.items()
    )


def scraped(client: Client) -> str:
    response = client.get("/metrics")
    assert response.status_code == 200
    return text_of(response)


# -- counters ----------------------------------------------------------------


def test_it_counts_calls_to_mirakl(client: Client, thread: Thread, mirakl: Mirakl) -> None:
    call = {"marketplace": "maison-verte", "operation": "M10"}
    ours, before = clients.build_client(thread.marketplace), scraped(client)
    ours.read_thread(thread.mirakl_id)
    mirakl.fails("M10", status=500)
    with pytest.raises(Unavailable):
        ours.read_thread(thread.mirakl_id)

    after = scraped(client)

    def grown(name: str, **more: str) -> float:
        return value(after, name, **call, **more) - value(before, name, **call, **more)

    assert grown("helpdesk_mirakl_calls_total", outcome="ok") == 1
    assert grown("helpdesk_mirakl_calls_total", outcome="unavailable") == 1
    assert grown("helpdesk_mirakl_call_seconds_count") == 2
    assert grown("helpdesk_mirakl_call_seconds_bucket", le="+Inf") == 2


def test_it_counts_requests_by_view_and_never_by_address(client: Client, alice: User) -> None:
    client.force_login(alice)
    row = {"view": "thread", "method": "GET", "status": "404"}
    before = value(scraped(client), "helpdesk_http_requests_total", **row)

    client.get("/threads/maison-verte/nowhere/")

    after = scraped(client)
    assert value(after, "helpdesk_http_requests_total", **row) - before == 1
    assert "nowhere" not in after


@pytest.mark.django_db
def test_it_counts_what_leads_nowhere_as_one(client: Client) -> None:
    client.generic("BREW", "/made/up/by/a/scanner")

    text = scraped(client)
    assert value(text, "helpdesk_http_requests_total", view="none", method="other") >= 1
    assert "scanner" not in text


# -- many processes -----------------------------------------------------------


class Process:
    """A process that counts some requests and runs until stopped."""

    def __init__(self, directory: Path, times: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", COUNTER, str(times)],
            env={**os.environ, "METRICS_DIR": str(directory)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == b"done\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def summed(directory: Path) -> float:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    return value(generate_latest(registry).decode(), "helpdesk_http_requests_total", view="inbox")


def test_it_adds_up_what_all_processes_counted_the_killed_ones_too(tmp_path: Path) -> None:
    one, other = Process(tmp_path, 2), Process(tmp_path, 3)
    assert summed(tmp_path) == 5

    one.kill()
    third = Process(tmp_path, 4)

    assert summed(tmp_path) == 9
    # The third process continues the first one's counts.
    assert {path.name for path in tmp_path.glob("*.db")} == {"counter_0.db", "counter_1.db"}
    other.kill()
    third.kill()


@pytest.mark.parametrize("content", [b"\x40" * 64, b"\x40\x01\0\0" + bytes(60), b""])
def test_a_broken_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "counter_0.db").write_bytes(content)

    process = Process(tmp_path, 2)

    assert summed(tmp_path) == 2
    process.kill()


def test_a_directory_that_cannot_be_used_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    Process(tmp_path / "file" / "below", 1).kill()


# -- who may read it ------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_for_this_machine_alone(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200

    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 403
    assert "Set METRICS_TOKEN" in text_of(answer)
    assert "helpdesk_" not in text_of(answer)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"])
def test_who_comes_through_a_proxy_is_not_of_this_machine(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "https"}).status_code == 403


@pytest.mark.django_db
def test_a_token_opens_it_from_anywhere(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.7"}

    assert client.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize("given", ["", TOKEN, "Bearer another", f"Basic {TOKEN}"])
def test_with_a_token_set_nothing_else_opens_it(
    client: Client, settings: Settings, given: str
) -> None:
    settings.METRICS_TOKEN = TOKEN

    answer = client.get("/metrics", headers={"Authorization": given})

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_that_can_be_guessed_is_refused(settings: Settings) -> None:
    from helpdesk.checks import check_settings

    settings.METRICS_TOKEN = "short"

    assert "helpdesk.E009" in [message.id for message in check_settings()]


def test_it_is_read_only(client: Client) -> None:
    assert client.post("/metrics").status_code == 405
