"""Content of log lines, and data that is never logged."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from pytest_django import Settings

from helpdesk.celery import hand_on, put_down, take_up
from helpdesk.logs import JsonFormatter, RequestIdFilter, TextFormatter, request_id
from inbox import tasks
from inbox.models import Outgoing, Thread, User
from inbox.services.outbox import confirmation, delivery, queue
from tests.builders import reply_form
from tests.writing import Mirakl, queued

ID = "edge-12345678"


class Lines(logging.Handler):
    """Captures all records in the format of the JSON log."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.addFilter(RequestIdFilter())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.written]
        return [line for line in lines if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def calls(lines: Lines) -> list[dict[str, object]]:
    return lines.of("inbox.services.marketplaces.calls")


# -- a request and its calls ------------------------------------------------


def test_a_call_is_logged_with_the_request_that_made_it(
    lines: Lines, client: Client, alice: User, thread: Thread
) -> None:
    client.force_login(alice)

    client.get(thread.get_absolute_url(), headers={"X-Request-ID": ID})

    called = next(line for line in calls(lines) if line["operation"] == "M10")
    assert (called["request_id"], called["marketplace"]) == (ID, "maison-verte")
    assert (called["outcome"], called["status"], called["level"]) == ("ok", 200, "INFO")
    assert isinstance(called["duration_ms"], int)
    (asked,) = lines.of("helpdesk.middleware")
    assert (asked["request_id"], asked["view"], asked["status"]) == (ID, "thread", 200)


def test_a_call_of_the_pool_is_logged_with_the_request_too(
    lines: Lines, client: Client, alice: User, mirakl: Mirakl
) -> None:
    client.force_login(alice)

    client.get("/", headers={"X-Request-ID": ID})

    assert {(one["operation"], one["request_id"]) for one in calls(lines)} >= {("M11", ID)}


def test_a_download_is_logged_with_its_request_when_it_is_over(
    lines: Lines, client: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    client.force_login(alice)
    mirakl.write(thread.mirakl_id, "See the file", ("a.txt", bytes(300_000)))
    (file,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    client.get(thread.get_absolute_url())

    answer = client.get(f"/attachments/maison-verte/{file['id']}/", headers={"X-Request-ID": ID})
    whole = b"".join(iter(answer))

    assert len(whole) == 300_000
    assert ("M13", ID) in {(one["operation"], one["request_id"]) for one in calls(lines)}


def test_what_was_searched_for_is_not_logged(lines: Lines, client: Client, alice: User) -> None:
    client.force_login(alice)

    client.get("/", {"q": "Camille Dupont"})

    assert not [line for line in lines.written if "Camille" in line]


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """Captures the output of the desk's handler."""
    (handler,) = [one for one in logging.getLogger().handlers if one.get_name() == "stderr"]
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    usual = handler.setStream(written)
    yield written
    handler.setStream(usual)


@pytest.mark.parametrize("address", ["orders/{}/", "customers/maison-verte/{}/", "nowhere/{}/"])
def test_ids_in_addresses_are_not_logged(
    output: io.StringIO, client: Client, charlie: User, address: str
) -> None:
    client.force_login(charlie)

    client.get("/" + address.format("maison-verte/Camille-77-é"))
    client.put("/" + address.format("maison-verte/Camille-77-é"))

    assert "django.request" in output.getvalue()
    assert "Camille" not in output.getvalue()


def test_a_failure_is_logged_by_its_route(
    output: io.StringIO, client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.views.orders.reasons.find_topics", None)
    client.force_login(alice)
    client.raise_request_exception = False

    client.get("/orders/maison-verte/Camille-77/")

    assert "Internal Server Error: /orders/<slug:marketplace>/<path:order_id>/" in output.getvalue()
    assert "Camille" not in output.getvalue()


# -- on to the worker --------------------------------------------------------


class Asked:
    """A task's request as Celery builds it from a message's headers."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.request = type("Request", (), headers)()


def test_a_task_goes_by_the_id_of_the_request_that_asked_for_it() -> None:
    headers: dict[str, str] = {}
    token = request_id.set(ID)
    hand_on(headers)
    request_id.reset(token)

    take_up(Asked(headers), "task-1")  # type: ignore[arg-type]
    taken = request_id.get()
    put_down()

    assert (taken, request_id.get()) == (ID, "")


def test_a_task_that_nobody_asked_for_goes_by_its_own_id() -> None:
    take_up(Asked({"request_id": ""}), "task-1")  # type: ignore[arg-type]
    taken = request_id.get()
    put_down()

    assert taken == "task-1"


# -- data that is never logged -----------------------------------------------

BODY, NAME, KEY = "the blue lamp of hers", "Camille Démo", "sandbox-shop-maison"


def assert_discreet(lines: Lines) -> None:
    assert lines.written
    for secret in (BODY, NAME, "Camille", KEY):
        assert not [line for line in lines.written if secret in line]


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"status": 400, "body": f'{{"message": "{BODY}, {NAME}"}}'},
        {"status": 500, "body": f"{BODY} of {NAME}"},
        {"drop": "after"},
        {"drop": "before"},
        {"truncate": 10},
    ],
    ids=str,
)
def test_a_reply_leaves_no_word_of_it_in_the_log(
    fault: dict[str, object],
    lines: Lines,
    client: Client,
    alice: User,
    thread: Thread,
    mirakl: Mirakl,
) -> None:
    client.force_login(alice)
    client.get(thread.get_absolute_url())
    if fault:
        mirakl.fails("M12", **fault)

    client.post(f"{thread.get_absolute_url()}reply/", reply_form(thread, body=BODY))
    confirmation.confirm(Outgoing.objects.get())

    assert "M12" in {line["operation"] for line in calls(lines)}
    assert_discreet(lines)


def test_a_task_that_breaks_keeps_what_it_was_about_to_itself(
    lines: Lines, thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(pk: int) -> None:
        raise IntegrityError(f"DETAIL: Failing row contains ({BODY}, {NAME}, {KEY})")

    monkeypatch.setattr(delivery, "deliver", break_down)
    reply = queued(thread, alice, body=BODY)

    tasks.deliver_reply.apply(args=(reply.pk,))

    (failed,) = lines.of("celery.app.trace")
    assert "django.db.utils.IntegrityError: (its words are not logged)" in str(failed["error"])
    assert "test_platform_logs.py" in str(failed["error"])
    assert_discreet(lines)


def test_a_view_that_breaks_keeps_it_to_itself(
    lines: Lines,
    client: Client,
    alice: User,
    thread: Thread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(*args: object, **more: object) -> None:
        raise ValueError(f"{BODY} {NAME} {KEY}")

    client.force_login(alice)
    client.raise_request_exception = False
    client.get(thread.get_absolute_url())
    monkeypatch.setattr(queue, "add", break_down)

    answer = client.post(f"{thread.get_absolute_url()}reply/", reply_form(thread, body=BODY))

    assert answer.status_code == 500
    assert_discreet(lines)


# -- how it is written ---------------------------------------------------------


def record(**extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": "It is %s.", "args": ("so",), "name": "desk", **extra})
    RequestIdFilter().filter(made)
    return made


def raised(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return record(exc_info=sys.exc_info())


def test_a_line_of_json_holds_only_what_may_be_there() -> None:
    line = json.loads(JsonFormatter().format(record(outcome="ok", body=BODY, request=object())))

    assert line.keys() == {"time", "level", "logger", "request_id", "message", "outcome"}
    assert (line["message"], line["request_id"]) == ("It is so.", "-")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_an_error_about_machines_says_what_it_is(formatter: logging.Formatter) -> None:
    told = formatter.format(raised(OperationalError("connection refused")))

    assert "OperationalError: connection refused" in told


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_the_cause_of_an_error_is_told_as_carefully(formatter: logging.Formatter) -> None:
    error = OSError("disk full")
    error.__cause__ = KeyError(NAME)

    told = formatter.format(raised(error))

    assert "KeyError: (its words are not logged)" in told
    assert "OSError: disk full" in told
    assert NAME not in told


def test_a_format_that_there_is_not_is_refused(settings: Settings) -> None:
    from helpdesk.checks import check_settings

    settings.LOG_FORMAT = "xml"

    assert "helpdesk.E008" in [message.id for message in check_settings()]
