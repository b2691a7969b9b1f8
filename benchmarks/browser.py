"""Measures the demo in a browser: what keys, pages and late answers cost its user.

    python -m benchmarks.browser

1. From the key to the next conversation on screen: one after the other at once, and after a moment
   of reading, in which it is fetched ahead. The sandbox answers at once, so Mirakl adds nothing.
2. Thirty conversations decided on by keys alone, each key until what it brings is on screen.
3. Bytes on the wire of a first visit, without the font, and of the next one.
4. Layout shifts of inbox and conversation, wide and narrow, Mirakl at once and late.
Prints each figure beside its bound; the exit code is 1 if one is beyond it.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import QUIET, find_chromium
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
STEPS = 30
READING_MS = 900
WIDE, NARROW = (1440, 900), (390, 844)
# By then a page has asked for all that it asks for.
SETTLED_MS = 1000
LATE_MS = 1500
LIST = "/?view=all"

# Resolves with the milliseconds from the key to the frame after `isThere` first held.
TIMED = """() => new Promise((done) => {
  const isThere = ISTHERE;
  let pressedAt;
  const press = ({ timeStamp }) => { pressedAt = timeStamp; };
  addEventListener("keydown", press, { once: true, capture: true });
  const look = () => {
    if (!pressedAt || !isThere()) return requestAnimationFrame(look);
    requestAnimationFrame(() => done(performance.now() - pressedAt));
  };
  look();
})"""
OTHER_THREAD = """((before) => () => {
  const now = document.querySelector("article[data-thread]")?.dataset.thread;
  return now && now !== before;
})(document.querySelector("article[data-thread]")?.dataset.thread)"""
ANYWAY = ".refusal [name=anyway]"
ASKED_OR_OTHER = f"((other) => () => document.querySelector('{ANYWAY}') || other())({OTHER_THREAD})"
SHIFTS = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def main() -> int:
    with demo() as (url, sandbox), sync_playwright() as playwright:
        arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        outcomes = [
            *measure_steps(browser, url),
            *measure_triage(browser, url),
            *measure_bytes(browser, url),
            *measure_shifts(browser, url, sandbox),
        ]
        browser.close()
    return 0 if all(outcomes) else 1


@contextmanager
def demo() -> Iterator[tuple[str, httpx.Client]]:
    """Yields its URL, and a client of its sandbox."""
    ports = free_port(), free_port()
    env = os.environ | {"PORT": str(ports[0]), "SANDBOX_PORT": str(ports[1])}
    env["DEMO_HISTORY_DAYS"] = "0"
    command = [sys.executable, str(ROOT / "manage.py"), "demo"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            wait_for(process, "Ctrl-C stops everything.")
            with httpx.Client(base_url=f"http://127.0.0.1:{ports[1]}", trust_env=False) as sandbox:
                yield f"http://127.0.0.1:{ports[0]}", sandbox
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return
    raise SystemExit("The demo did not start.")


@contextmanager
def tab(browser: Browser, url: str, size: tuple[int, int] = WIDE) -> Iterator[Page]:
    """A new browser of the agent, logged in, that has seen no page but the login."""
    width, height = size
    context = browser.new_context(base_url=url, viewport={"width": width, "height": height})
    try:
        log_in(context, url)
        yield context.new_page()
    finally:
        context.close()


def log_in(context: BrowserContext, url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False) as client:
        page = client.get("/accounts/login/").text
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"username": "agent", "password": "demo", "csrfmiddlewaretoken": token and token[1]}
        client.post("/accounts/login/", data=form, headers={"Referer": f"{url}/accounts/login/"})
        context.add_cookies(
            [{"name": one.name, "value": one.value or "", "url": url} for one in client.cookies.jar]
        )


def open_first(page: Page, address: str = LIST) -> None:
    page.goto(address)
    page.locator(".rows .open").first.click()
    page.wait_for_selector("article[data-thread] [aria-keyshortcuts]", state="attached")
    settle(page)


def settle(page: Page) -> None:
    """The network is never idle: the live channel's stream stays open."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(SETTLED_MS)


def press(page: Page, key: str, until: str = OTHER_THREAD) -> float:
    """Milliseconds from the key until its answer is on screen."""
    timed = page.evaluate_handle(
        f"key => ({{ done: ({TIMED.replace('ISTHERE', until)})(key) }})", key
    )
    page.keyboard.press(key)
    took: float = timed.evaluate("({ done }) => done")
    return took


# -- the next conversation ----------------------------------------------------


def measure_steps(browser: Browser, url: str) -> Iterator[bool]:
    for name, pause in (("at once", 0), ("after a moment of reading", READING_MS)):
        with tab(browser, url) as page:
            open_first(page)
            took = [stepped(page, pause) for _ in range(STEPS)]
        yield say(f"the next conversation, {name}", took, bound=100)


def stepped(page: Page, pause: int) -> float:
    page.wait_for_timeout(pause)
    return press(page, "j")


def measure_triage(browser: Browser, url: str) -> Iterator[bool]:
    with tab(browser, url) as page:
        open_first(page)
        took = [one for _ in range(STEPS) for one in decided(page)]
    yield say(f"a step of {STEPS} conversations decided on", took, bound=150)


def decided(page: Page) -> Iterator[float]:
    """Closes the conversation, and confirms if the desk asks."""
    yield press(page, "e", until=ASKED_OR_OTHER)
    if page.locator(ANYWAY).count():
        yield press(page, "Enter")


def say(name: str, took: list[float], *, bound: float) -> bool:
    ordered = sorted(took)
    late = ordered[int(len(ordered) * 0.95)]
    middle = statistics.median(ordered)
    return verdict(f"{name}: median {middle:.0f} ms, p95", late, bound, "ms")


# -- bytes ---------------------------------------------------------------------


def measure_bytes(browser: Browser, url: str) -> Iterator[bool]:
    with tab(browser, url) as page:
        yield verdict("a first visit, without the font", weighed(page), 60, "kB")
        yield verdict("the next visit", weighed(page), 15, "kB")


def weighed(page: Page) -> float:
    """Kilobytes on the wire until the inbox is there."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.responseReceived", lambda said: urls.update(named(said)))
    session.on("Network.loadingFinished", lambda said: sizes.update(sized(said)))
    page.goto(LIST)
    settle(page)
    session.detach()
    return sum(size for key, size in sizes.items() if "/fonts/" not in urls.get(key, "")) / 1000


def named(said: dict[str, Any]) -> dict[str, str]:
    return {said["requestId"]: said["response"]["url"]}


def sized(said: dict[str, Any]) -> dict[str, float]:
    return {said["requestId"]: said["encodedDataLength"]}


# -- layout shifts -------------------------------------------------------------


def measure_shifts(browser: Browser, url: str, sandbox: httpx.Client) -> Iterator[bool]:
    late = [{"operation": one, "latency_ms": LATE_MS} for one in ("M10", "M11")]
    for pace, faults in (("at once", []), ("late", late)):
        sandbox.put("/_sandbox/faults", json=faults).raise_for_status()
        for size in (WIDE, NARROW):
            with tab(browser, url, size) as page:
                for name, show in SHOWN.items():
                    show(page)
                    page.wait_for_timeout(LATE_MS * 2 if faults else READING_MS)
                    shift: float = page.evaluate(SHIFTS)
                    yield verdict(f"shifts of {name}, {size[0]} px, Mirakl {pace}", shift, 0, "")


def show_inbox(page: Page) -> None:
    page.goto(LIST)


def show_thread(page: Page) -> None:
    address = page.locator(".rows .open").nth(3).get_attribute("href")
    page.goto(address or "")


SHOWN: dict[str, Callable[[Page], None]] = {"the inbox": show_inbox, "a conversation": show_thread}


def verdict(name: str, value: float, bound: float, unit: str) -> bool:
    is_within = value <= bound
    mark = "" if is_within else "  BEYOND"
    print(f"{name:62} {value:8.3g} {unit:2}  (bound {bound:g}){mark}", flush=True)
    return is_within


if __name__ == "__main__":
    sys.exit(main())
