"""The alerts and the dashboard of deploy/ are sound, and use only figures that the desk tells."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk import workers
from helpdesk.metrics import REQUEST_SECONDS, REQUESTS
from inbox.models import Backup, Marketplace
from inbox.services import database_clock
from inbox.services.marketplaces import calls
from tests.builders import text_of
from tests.serving import ROOT
from tests.tools import require_tool

PROMETHEUS = ROOT / "deploy/prometheus"
DASHBOARD = json.loads((ROOT / "deploy/grafana/helpdesk.json").read_text())
FIGURE = re.compile(r"\bhelpdesk_\w+")


def promtool(*arguments: str | Path) -> None:
    command = [require_tool("promtool"), *arguments]
    ended = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def queries() -> Iterator[str]:
    """Returns the queries of the dashboard, with what Grafana would fill in."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"].replace("$__rate_interval", "5m")


def test_alerts_ring_when_they_should_and_not_before() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("check", "config", "--syntax-only", "prometheus.yml")
    promtool("test", "rules", "alerts_test.yml")


def test_every_alert_is_tested_and_says_what_to_do() -> None:
    rules = (PROMETHEUS / "alerts.yml").read_text()
    named = re.findall(r"alert: (\w+)", rules)

    tested = set(re.findall(r'alertname="(\w+)"', (PROMETHEUS / "alerts_test.yml").read_text()))

    assert tested == set(named)
    assert rules.count(" action: ") == len(named)


def test_the_dashboards_queries_can_be_asked(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [
        {"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries())
    ]
    written = tmp_path / "rules.json"
    written.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    promtool("check", "rules", written)


def test_the_dashboards_panels_do_not_overlap() -> None:
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _y in taken) < 24


@pytest.fixture
def told(client: Client, maison: Marketplace) -> set[str]:
    """The figures of a desk in which everything has happened once."""
    REQUESTS.labels("inbox", "GET", 200).inc()
    REQUEST_SECONDS.labels("inbox").observe(0.1)
    calls.CALLS.labels("maison-verte", "M11", "ok").inc()
    calls.SECONDS.labels("maison-verte", "M11").observe(0.1)
    Backup.objects.create(made_at=timezone.now() - timedelta(days=1))
    maison.mirror.write({"refreshed_at": database_clock.now()})
    workers.beat(workers.myself("celery@test"))
    return set(FIGURE.findall(text_of(client.get("/metrics"))))


def test_every_figure_that_is_watched_is_told(told: set[str]) -> None:
    watched = {figure for query in queries() for figure in FIGURE.findall(query)}
    watched |= set(FIGURE.findall((PROMETHEUS / "alerts.yml").read_text()))

    assert len(watched) > 10
    assert watched - told == set()


def test_every_figure_that_is_told_is_explained(told: set[str]) -> None:
    explained = set(FIGURE.findall((ROOT / "docs/operations.md").read_text()))
    parts = re.compile(r"_(bucket|sum|count|created)$")

    assert {parts.sub("", name) for name in told} - explained == set()
