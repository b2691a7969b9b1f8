"""Tests reuse the tables of an earlier run only if the migrations are unchanged."""

from pathlib import Path

import pytest

from tests import migrated


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    (tmp_path / "inbox" / "migrations").mkdir(parents=True)
    (tmp_path / "requirements-dev.txt").write_text("django==5.2.1")
    return tmp_path


@pytest.mark.parametrize("changed", ["inbox/migrations/0001_initial.py", "requirements-dev.txt"])
def test_they_are_made_anew_when_something_changes(checkout: Path, changed: str) -> None:
    before = migrated._digest()
    (checkout / changed).write_text("something else")

    assert migrated._digest() != before
