"""Mails of the demo."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from environ import Env
from pytest_django import Settings

from inbox.management.commands import demo


def test_they_are_files_beside_its_logs(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LOCAL_DIR = tmp_path
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "set: none is started")

    with ExitStack() as stack:
        own = demo._environment(stack, 8000, 8900)

    assert Env.email_url_config(own["EMAIL_URL"])["EMAIL_FILE_PATH"] == str(tmp_path / "mails")
