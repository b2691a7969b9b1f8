"""A real browser on the real server: the `page` fixture, and logging in without the form."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.core.signals import request_finished, request_started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from inbox.models import User

# The first is Chromium without its window, which takes half the CPU.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATIENCE_MILLISECONDS = 60_000
LOOKS = 3
# Requests to other hosts are blocked.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def _browser() -> Iterator["Browser"]:
    path = find_chromium()
    if path is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("No Chromium was found: install it, or name it in CHROMIUM.")
    if path is None:
        pytest.skip("no Chromium; name one in CHROMIUM to run this")
    from playwright.sync_api import expect, sync_playwright

    # Playwright keeps an event loop on this thread, and Django would refuse database access in
    # async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(_browser: "Browser", live_server: "LiveServer", all_answered: None) -> Iterator["Page"]:
    """Yields an empty tab; script errors, policy violations and tokens in addresses fail it."""
    with _tab(_browser, live_server) as tab:
        yield tab


@contextmanager
def _tab(browser: "Browser", live_server: "LiveServer") -> Iterator["Page"]:
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda line: _note_policy(line.text, complaints))
    tab.on("request", lambda request: _note_token(request.url, complaints))
    yield tab
    context.close()
    assert complaints == []


class _UnderWay:
    """Counts running requests of all clients."""

    def __init__(self) -> None:
        self.count, self._lock = 0, threading.Lock()
        request_started.connect(self._begins)
        request_finished.connect(self._ends)

    def _begins(self, **_signal: object) -> None:
        with self._lock:
            self.count += 1

    def _ends(self, **_signal: object) -> None:
        with self._lock:
            self.count -= 1


_under_way = _UnderWay()


@pytest.fixture
def all_answered(live_server: "LiveServer") -> Iterator[None]:
    """A closing tab sends a last request: wait for it before the tables are emptied."""
    before = _under_way.count  # a test may leave a download unread
    yield
    deadline, quiet_for = time.monotonic() + PATIENCE_MILLISECONDS / 1000, 0
    while quiet_for < LOOKS and time.monotonic() < deadline:
        time.sleep(0.01)
        quiet_for = 0 if _under_way.count > before else quiet_for + 1


def _note_token(url: str, complaints: list[str]) -> None:
    """Addresses are logged; a form's token is not for logs."""
    if "csrfmiddlewaretoken=" in url:
        complaints.append(url)


def _note_policy(line: str, complaints: list[str]) -> None:
    if "Content Security Policy" in line or "This document requires 'Trusted" in line:
        complaints.append(line)


@pytest.fixture
def sign_in(page: "Page", live_server: "LiveServer") -> Callable[["User"], None]:
    """`sign_in(alice)` logs the tab in as her."""
    return lambda user: log_in(page, live_server, user)


def log_in(page: "Page", live_server: "LiveServer", user: "User") -> None:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


@contextmanager
def browser_of(browser: "Browser", live_server: "LiveServer", user: "User") -> Iterator["Page"]:
    """A tab of another browser, in which the user is logged in."""
    with _tab(browser, live_server) as tab:
        log_in(tab, live_server, user)
        yield tab


def strike(page: "Page", *keys: str) -> None:
    """Presses keys one after the other, as soon as the page's scripts listen to them."""
    page.wait_for_load_state("domcontentloaded")
    for key in keys:
        page.keyboard.press(key)


def until(page: "Page", condition: Callable[[], object]) -> None:
    """Waits for what this tab's requests and events bring; they are heard only meanwhile."""
    deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        page.wait_for_timeout(20)
