"""System checks for wrong combinations of settings."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from helpdesk import checks
from helpdesk.checks import check_settings
from helpdesk.secret_files import read_secret_files

A_KEY = Fernet.generate_key().decode()


def _ids() -> list[str | None]:
    return [message.id for message in check_settings()]


def test_it_has_nothing_to_say_about_sound_settings(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]

    assert _ids() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SECRET_KEY": ""}, "helpdesk.E001"),
        ({"SECRET_KEY": "change me"}, "helpdesk.E017"),
        ({"CREDENTIAL_KEYS": [A_KEY, A_KEY]}, "helpdesk.E018"),
        ({"SECRET_KEY": A_KEY, "CREDENTIAL_KEYS": [A_KEY]}, "helpdesk.E018"),
        ({"CREDENTIAL_KEYS": []}, "helpdesk.E002"),
        ({"CREDENTIAL_KEYS": ["not a key"]}, "helpdesk.E003"),
        ({"CREDENTIAL_KEYS": ["ünïcode"]}, "helpdesk.E003"),
        ({"HTTPS": False, "ALLOWED_HOSTS": ["desk.example"]}, "helpdesk.E004"),
        (
            {
                "HTTPS": True,
                "TRUSTED_PROXIES": 1,
                "DEMO": True,
                "ALLOWED_HOSTS": ["desk.example"],
            },
            "helpdesk.E005",
        ),
        ({"TRUSTED_PROXIES": -1}, "helpdesk.E014"),
        ({"HTTPS": True, "TRUSTED_PROXIES": 0}, "helpdesk.E015"),
        ({"INBOX_DEADLINE_SECONDS": 0}, "helpdesk.E006"),
        ({"INBOX_DEADLINE_SECONDS": 60}, "helpdesk.E006"),
        ({"THREAD_DEADLINE_SECONDS": 0}, "helpdesk.E016"),
        ({"UPLOAD_INLINE_BYTES": -1}, "helpdesk.E007"),
        ({"UPLOAD_INLINE_BYTES": 10**9}, "helpdesk.E007"),
        ({"S3_REGION": "eu-west-3", "S3_ACCESS_KEY_ID": "an-id"}, "helpdesk.E010"),
        ({"S3_BUCKET": "desk", "S3_ACCESS_KEY_ID": "an-id"}, "helpdesk.E012"),
        ({"S3_BUCKET": "desk", "S3_SECRET_ACCESS_KEY": "a-secret"}, "helpdesk.E012"),
        ({"S3_BUCKET": "desk", "S3_ENDPOINT_URL": "minio.example.com"}, "helpdesk.E013"),
        ({"S3_BUCKET": "desk", "S3_ENDPOINT_URL": "http://minio.example.com"}, "helpdesk.W001"),
    ],
)
def test_it_names_what_is_wrong(settings: Settings, changes: dict[str, Any], expected: str) -> None:
    for name, value in {"ALLOWED_HOSTS": ["localhost"], **changes}.items():
        setattr(settings, name, value)

    assert _ids() == [expected]


def test_a_secret_key_may_begin_with_a_dollar() -> None:
    """One in fifty of Django's own keys does."""
    read = [sys.executable, "-c", "from helpdesk import settings; print(settings.SECRET_KEY)"]

    run = subprocess.run(
        read, env={"SECRET_KEY": "$key"}, capture_output=True, text=True, check=True
    )

    assert run.stdout == "$key\n"


def test_it_never_prints_a_key(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = ["a-key-with-a-typo"]

    assert not any("a-key-with-a-typo" in str(message) for message in check_settings())


def test_it_says_how_to_make_a_key(settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = []

    assert "Fernet.generate_key" in str(check_settings()[0].hint)


def test_it_asks_for_what_talks_to_a_bucket(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS, settings.S3_BUCKET = ["localhost"], "desk"
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)

    assert _ids() == ["helpdesk.E011"]


def test_what_a_former_secret_key_has_signed_is_still_read(settings: Settings) -> None:
    signed = signing.dumps("undo")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    assert signing.loads(signed) == "undo"


def test_former_secret_keys_are_read_as_they_are() -> None:
    read = "from helpdesk import settings; print(settings.SECRET_KEY_FALLBACKS)"
    environment = {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": "$old,older"}

    run = subprocess.run(
        [sys.executable, "-c", read], env=environment, capture_output=True, text=True, check=True
    )

    assert run.stdout == "['$old', 'older']\n"


@pytest.mark.parametrize("more", ["", "?ssl_ca_certs=/etc/ca.pem"])
def test_the_brokers_certificate_is_checked(more: str) -> None:
    """Its client accepts any certificate by default."""
    read = (
        "from helpdesk.celery import app\n"
        "from redis import SSLConnection\n"
        "options = dict(app.connection_for_write().ssl)\n"
        "connection = SSLConnection(**options)\n"
        "print(connection.cert_reqs.name, connection.check_hostname)"
    )
    url = f"rediss://:password@redis.example.com:6380/0{more}"

    run = subprocess.run(
        [sys.executable, "-c", read],
        env={"SECRET_KEY": "new", "REDIS_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "CERT_REQUIRED True\n"


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    environ = {"SECRET_KEY_FILE": str(tmp_path / "key")}

    read_secret_files(environ)

    assert environ == {"SECRET_KEY": "from a file"}


@pytest.mark.parametrize(
    ("more", "words"),
    [({"SECRET_KEY": "another"}, "Both SECRET_KEY and"), ({}, "SECRET_KEY_FILE can't be read")],
)
def test_a_secret_that_is_not_clear_is_refused(more: dict[str, str], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read_secret_files({"SECRET_KEY_FILE": "/nowhere", **more})


def test_a_web_process_refuses_settings_that_nobody_should_run_with(settings: Settings) -> None:
    """Its server runs no checks; commands and workers do."""
    settings.SECRET_KEY = "change me"

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is shorter"):
        checks.refuse_broken_settings()
