"""The desk behind nginx with the sample of deploy/, and gunicorn with Procfile's line."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pytest_django import Settings

from inbox.models import DraftFile, SignInAttempt, Thread, User
from inbox.models.live_changes import cursor_now
from inbox.services.triage.status import close_thread
from tests.html import Page
from tests.proxying import HOST, Proxy, running_nginx
from tests.serving import CSRF, ROOT, running_live, running_web
from tests.tools import require_tool
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "the blue lamp of hers"
COOKIE = f"Cookie: __Host-csrftoken={CSRF}"


@pytest.fixture(scope="module")
def proxy(
    django_db_setup: None, collected: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """As in production, except that the desk answers one request at a time."""
    program = require_tool("nginx")
    files = tmp_path_factory.mktemp("files")
    settings = {"HTTPS": "true", "STATIC_ROOT": str(collected), "UPLOAD_DIR": str(files)}
    settings["LIVE_URL"] = "/live/"
    with (
        running_web(None, **settings, WEB_THREADS="1") as web,
        running_live(None, **settings) as live,
        running_nginx(program, web, urlsplit(live.url).port or 0) as running,
    ):
        yield running


@pytest.fixture
def browser(proxy: Proxy, alice: User, settings: Settings) -> Iterator[httpx.Client]:
    """Alice's logged-in browser."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    alice.set_password(PASSWORD)
    alice.save()
    with proxy.browser() as browser:
        browser.headers["Origin"] = str(browser.base_url).rstrip("/")
        browser.headers["X-CSRFToken"] = token_of(browser.get("/accounts/login/"))
        form = {"username": "alice", "password": PASSWORD}
        claimed = {"X-Forwarded-For": "203.0.113.9"}
        assert browser.post("/accounts/login/", data=form, headers=claimed).status_code == 302
        browser.headers["X-CSRFToken"] = token_of(browser.get("/profile/"))
        yield browser


def token_of(page: httpx.Response) -> str:
    found = Page(page.text).get_all("value", name="csrfmiddlewaretoken")
    assert found, page.status_code
    return found[0]


def test_somebody_logs_in_from_their_own_address(browser: httpx.Client) -> None:
    cookies = {cookie.name: cookie.secure for cookie in browser.cookies.jar}

    inbox = browser.get("/")

    assert inbox.status_code == 200
    assert inbox.headers["Strict-Transport-Security"]
    assert cookies["__Host-sessionid"]
    # Not the address in the browser's own header.
    assert SignInAttempt.objects.get().address == "127.0.0.1"


def test_the_live_channel_tells_at_once(browser: httpx.Client, waiting: Thread, bob: User) -> None:
    """nginx would otherwise keep the first 4 kB."""
    with browser.stream("GET", "/live/", params={"since": cursor_now()}) as answer:
        lines = answer.iter_lines()
        assert "event: hello" in lines
        close_thread(waiting, by=bob)
        told = next(line for line in lines if '"changed"' in line)

    assert answer.headers["Content-Type"] == "text/event-stream"
    assert "Content-Encoding" not in answer.headers
    assert f'"changed":[{waiting.pk}]' in told


def test_the_pages_style_sheets_arrive(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        page = browser.get("/accounts/login/").text
        sheet = browser.get(Page(page).get_all("href", "link", rel="stylesheet")[0])

    assert sheet.status_code == 200
    assert "immutable" in sheet.headers["Cache-Control"]


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    plain = httpx.get(f"http://{HOST}:{proxy.http_port}/search/?q=lamp", trust_env=False)

    assert plain.status_code == 301
    assert plain.headers["Location"] == f"https://{HOST}/search/?q=lamp"


def test_what_people_search_for_is_not_logged(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        browser.get("/search/?q=lamp")
        browser.get(f"http://{HOST}:{proxy.http_port}/search/?q=lamp")

    assert (proxy.home / "access.log").read_text() == ""


def test_a_draft_takes_30_mb(browser: httpx.Client, thread: Thread) -> None:
    files = {"file": ("large.bin", bytes(30_000_000))}

    taken = browser.post(f"{thread.get_absolute_url()}draft/files/", files=files)

    assert taken.status_code == 302
    assert DraftFile.objects.get().size == 30_000_000


def test_a_customers_file_arrives_whole(
    browser: httpx.Client, thread: Thread, mirakl: Mirakl
) -> None:
    content = bytes(range(256)) * 20_000
    mirakl.write(thread.mirakl_id, "See the file", ("noise.bin", content))
    page = browser.get(thread.get_absolute_url()).text

    links = [one for one in Page(page).get_all("href", "a") if one.startswith("/attachments/")]

    assert browser.get(links[-1]).content == content


def test_a_body_of_41_mb_is_refused(proxy: Proxy) -> None:
    with proxy.begin(COOKIE, f"Content-Length: {41 * 1024 * 1024}") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_slow_bodies_keep_nobody_waiting(proxy: Proxy) -> None:
    begun = b"csrfmiddlewaretoken="

    with (
        proxy.begin(COOKIE, "Content-Length: 1000", body=begun),
        proxy.begin(COOKIE, "Content-Length: 1000", body=begun),
        proxy.browser() as browser,
    ):
        assert browser.get("/accounts/login/", timeout=20).status_code == 200


@pytest.mark.parametrize("address", ["/readyz", "/metrics", "//readyz", "/%72eadyz"])
def test_what_is_for_this_machine_alone_is_refused(proxy: Proxy, address: str) -> None:
    with proxy.browser() as browser:
        outside = browser.get(f"https://{HOST}:{proxy.https_port}{address}")

    assert outside.status_code == 404
    assert outside.headers["Server"].startswith("nginx")
    assert "X-Request-ID" not in outside.headers


def test_this_machine_asks_the_desk_itself(proxy: Proxy) -> None:
    inside = httpx.get(f"{proxy.web.url}/readyz", trust_env=False)
    figures = httpx.get(f"{proxy.web.url}/metrics", trust_env=False)

    promised = re.findall(r"^(\w+): ok$", (ROOT / "docs/deploying.md").read_text(), re.MULTILINE)
    assert promised == [line.split(": ")[0] for line in inside.text.splitlines()]
    assert figures.status_code == 200
