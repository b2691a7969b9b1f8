"""The sandbox as a process: its address, its start, its stop."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from inbox.sandbox import server
from tests.mirakl_callers import an_order_thread, seller
from tests.ports import free_port

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
COMMAND = [sys.executable, str(MANAGE), "sandbox"]
NO_DATABASE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
PATIENCE = 60.0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])  # noqa: S104
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(server.NotLoopback), server.running(host=host, threads=1):
        pass


def test_the_command_refuses_other_addresses() -> None:
    ended = subprocess.run(  # noqa: S603
        [*COMMAND, "--host", "0.0.0.0"],  # noqa: S104
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | NO_DATABASE,
        check=False,
    )

    assert ended.returncode == 1
    assert "not a loopback address" in ended.stderr


def test_the_command_names_the_requirements_it_misses() -> None:
    without = f"import sys; sys.modules['werkzeug'] = None; sys.argv = {['manage.py', 'sandbox']}"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{without}; from helpdesk.command import main; main()"],
        capture_output=True,
        text=True,
        env=os.environ | NO_DATABASE,
        check=False,
    )

    assert ended.returncode == 1
    assert "CommandError: Install requirements-demo.txt" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_without_a_database_and_stops_when_told(ending: signal.Signals) -> None:
    port = free_port()
    process = subprocess.Popen(  # noqa: S603
        [*COMMAND, "--port", str(port), "--threads", "9"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | NO_DATABASE,
    )
    try:
        assert process.stdout
        greeting = process.stdout.readline()
        threads = seller(f"http://127.0.0.1:{port}").threads()
        process.send_signal(ending)
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()

    assert str(port) in greeting
    assert threads
    assert (process.returncode, errors) == (0, "")


def test_a_port_in_use_gives_an_error_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = subprocess.run(  # noqa: S603
            [*COMMAND, "--port", str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env=os.environ | NO_DATABASE,
            check=False,
        )

    assert ended.returncode == 1
    assert "in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_connection_stays_open_from_one_call_to_the_next(sandbox: server.Running) -> None:
    headers = {"Authorization": "sandbox-shop-maison"}
    with httpx.Client(base_url=sandbox.url, headers=headers, timeout=60) as client:
        ports = {
            client.get("/api/version").extensions["network_stream"].get_extra_info("client_addr")
            for _ in range(3)
        }
        refused = client.post("/api/account", content=bytes(300_000))
        after = client.get("/api/version")

    assert len(ports) == 1
    assert (refused.status_code, after.status_code) == (405, 200)


def test_it_answers_many_at_once(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: caller.reply(thread["id"], "CUSTOMER"), range(48)))

    shown = caller.thread(thread["id"])["messages"]
    assert {answer.status_code for answer in answers} == {201}
    made = {answer.json()["message_id"] for answer in answers}
    assert len(made) == 48
    assert made <= {message["id"] for message in shown}
    assert len({message["date_created"] for message in shown[-48:]}) == 48


def test_it_leaves_no_connection_behind() -> None:
    with server.running(threads=3) as brief, httpx.Client(base_url=brief.url, timeout=60) as client:
        client.get("/_sandbox/log")
        url = brief.url

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/_sandbox/log")


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PATCH", "DELETE", "QUERY", "anything"])
def test_a_method_that_no_operation_has_is_405(sandbox: server.Running, method: str) -> None:
    answer = httpx.request(method, f"{sandbox.url}/api/inbox/threads", trust_env=False)

    assert answer.status_code == 405
    assert answer.json()["status"] == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
