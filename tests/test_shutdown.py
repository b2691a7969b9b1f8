"""SIGTERM to real processes: running work is finished, and queued work is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from helpdesk.processes import Child
from inbox import tasks
from inbox.models import Outgoing, Thread, User
from inbox.services.outbox import transitions
from tests.builders import reply_form
from tests.serving import running_web
from tests.worker import running_worker
from tests.writing import Mirakl, change, eventually, queued

pytestmark = pytest.mark.django_db(transaction=True)

ID = "edge-12345678"
BODY = "the blue lamp of hers"
State = Outgoing.State


def states() -> list[str]:
    return list(Outgoing.objects.values_list("state", flat=True))


def ends(process: Child) -> int | None:
    process.ask_to_stop()
    eventually(lambda: process.exit_code is not None)
    return process.exit_code


# -- the worker -----------------------------------------------------------------


def test_a_worker_finishes_the_reply_that_is_at_mirakl(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", latency_ms=2500)
    tasks.deliver_reply.delay(queued(thread, alice).pk)
    eventually(lambda: mirakl.calls("M12"))
    assert states() == [State.SENDING]

    assert ends(celery_worker) == 0

    assert states() == [State.SENT]
    assert len(mirakl.calls("M12")) == 1


def test_a_worker_finishes_an_upload(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", latency_ms=1000)
    queued(thread, alice, files=[SimpleUploadedFile("big.bin", bytes(20_000_000))])
    eventually(lambda: states() == [State.SENDING])

    assert ends(celery_worker) == 0

    assert states() == [State.SENT]


def test_what_a_worker_had_no_time_for_is_sent_by_the_next_one(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", latency_ms=800)
    replies = [queued(thread, alice, body=f"Reply {number}") for number in range(8)]
    for reply in replies:
        tasks.deliver_reply.delay(reply.pk)
    eventually(lambda: mirakl.calls("M12"))

    assert ends(celery_worker) == 0

    # Two at a time: most were still waiting, and no reply is half-done.
    assert set(states()) == {State.SENT, State.QUEUED}
    mirakl.recovers()
    for reply in replies:
        change(reply, queued_at=timezone.now() - 3 * transitions.SETTLES_IN)
    with running_worker():
        tasks.sweep_outbox.delay()
        eventually(lambda: set(states()) == {State.SENT})
    bodies = mirakl.bodies(thread.mirakl_id)
    assert [bodies.count(reply.body) for reply in replies] == [1] * 8


# -- the web server ---------------------------------------------------------------


@pytest.fixture
def opened(thread: Thread, alice: User, client: Client) -> Thread:
    """An open form with all its choices."""
    client.force_login(alice)
    client.get(thread.get_absolute_url())
    thread.refresh_from_db()
    return thread


def test_a_web_server_finishes_the_request_that_sends_a_reply(
    opened: Thread, alice: User, mirakl: Mirakl
) -> None:
    with running_web() as web, web.browser(alice) as browser, ThreadPoolExecutor() as pool:
        mirakl.fails("M12", latency_ms=2500)
        posting = pool.submit(
            browser.post, f"{opened.get_absolute_url()}reply/", data=reply_form(opened)
        )
        eventually(lambda: mirakl.calls("M12"))

        assert ends(web.process) == 0

        assert posting.result(30).status_code == 302
    assert states() == [State.SENT]
    assert len(mirakl.calls("M12")) == 1


# -- one request through all of them ------------------------------------------------


def logged(path: Path) -> list[dict[str, Any]]:
    """The log is JSON only. Celery's banner goes to the other stream."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


def test_a_request_keeps_its_id_in_web_worker_and_calls(
    opened: Thread, alice: User, mirakl: Mirakl, tmp_path: Path
) -> None:
    log = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
    web_log, worker_log = tmp_path / "web", tmp_path / "worker"
    large = {"files": ("big.bin", bytes(1_500_000))}
    with (
        web_log.open("wb") as web_output,
        worker_log.open("wb") as worker_output,
        running_web(web_output, **log) as web,
        running_worker(worker_output, **log),
        web.browser(alice) as browser,
    ):
        form, headers = reply_form(opened, body=BODY), {"X-Request-ID": ID}
        browser.post(f"{opened.get_absolute_url()}reply/", data=form, files=large, headers=headers)
        eventually(lambda: states() == [State.SENT])

    asked = {
        line["operation"]
        for line in logged(web_log)
        if line["request_id"] == ID and "operation" in line
    }
    (sent,) = [line for line in logged(worker_log) if line.get("operation") == "M12"]
    assert "M10" in asked
    assert (sent["request_id"], sent["outcome"], sent["status"]) == (ID, "ok", 201)
    both = web_log.read_text() + worker_log.read_text()
    assert "gunicorn.error" in both
    assert not [word for word in (BODY, "Camille", "sandbox-shop-maison") if word in both]
    assert [line for line in web_log.read_text().splitlines() if not line.startswith("{")] == []
