"""Headers of every answer, and names of cookies over https."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client
from pytest_django import Settings

from inbox.models import Marketplace, User
from tests.seeded import ORDER_WITHOUT_THREAD

COOKIES = ("SESSION", "CSRF", "LANGUAGE", "DEVICE")


def settings_with(**env: str) -> dict[str, object]:
    """Returns the settings of a process with these variables."""
    names = [f"{cookie}_COOKIE_NAME" for cookie in COOKIES]
    names += ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_HSTS_SECONDS"]
    found_in = f"{{name: getattr(settings, name) for name in {names}}}"
    code = f"import json; from helpdesk import settings; print(json.dumps({found_in}))"
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, **env}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_cookies_are_bound_to_the_host_by_https() -> None:
    names = settings_with()

    for cookie in COOKIES:
        assert str(names[f"{cookie}_COOKIE_NAME"]).startswith("__Host-")


def test_cookies_work_on_plain_http_of_this_machine() -> None:
    assert settings_with(HTTPS="false")["SESSION_COOKIE_NAME"] == "sessionid"


def test_nothing_is_promised_for_other_sites_of_the_domain() -> None:
    found = settings_with()

    assert found["SECURE_HSTS_SECONDS"]
    assert (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"], found["SECURE_HSTS_PRELOAD"]) == (False, False)


def test_who_owns_the_domain_may_promise_it() -> None:
    found = settings_with(HSTS_INCLUDE_SUBDOMAINS="true", HSTS_PRELOAD="true")

    assert (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"], found["SECURE_HSTS_PRELOAD"]) == (True, True)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/static/css/base.css", "/nowhere/"])
def test_no_page_uses_a_device_or_is_part_of_anothers(client: Client, path: str) -> None:
    answer = client.get(path)

    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/search/?q=lamp", "/drafts/", "/outbox/", "/profile/", "/notifications/", "/bulk/"),
        *(
            f"/orders/maison-verte/{ORDER_WITHOUT_THREAD}/",
            f"/orders/maison-verte/{ORDER_WITHOUT_THREAD}/panel/",
            "/system/",
        ),
        *("/legacy/maison-verte/messages/", "/marketplaces/maison-verte/", "/customers/x/"),
        *("/admin/", "/nowhere/", "/accounts/login/", "/healthz", "/readyz"),
    ],
)
def test_no_page_stays_on_the_disk_of_a_browser(
    client: Client, maison: Marketplace, path: str
) -> None:
    client.force_login(User.objects.create_superuser("ada"))

    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.django_db
def test_static_files_may_be_kept(client: Client, settings: Settings) -> None:
    settings.WHITENOISE_USE_FINDERS = True

    answer = client.get("/static/css/base.css")
    answer.close()

    assert (answer.status_code, answer["Cache-Control"]) == (200, "max-age=60, public")


@pytest.mark.django_db
def test_the_cookie_of_the_language_is_no_scripts_business(client: Client) -> None:
    client.post("/language/", {"language": "de", "next": "/accounts/login/"})

    assert client.cookies["language"]["httponly"]


@pytest.mark.django_db
def test_no_text_becomes_a_script(client: Client) -> None:
    """Trusted Types, where a browser has them: only static/js/trusted.js may make markup."""
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types default" in policy
    assert "unsafe" not in policy
