"""The whole project installs with pip."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent
OPEN_LOGIN = """
import django
django.setup()
from django.test import Client
answer = Client(SERVER_NAME="localhost").get("/accounts/login/", headers={"Accept-Language": "de"})
print(answer.status_code, answer.content.decode())
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Returns standard output; fails with the command's output."""
    settings = {"DJANGO_SETTINGS_MODULE": "helpdesk.settings", "PYTHONPATH": ""}
    ended = subprocess.run(  # noqa: S603
        command, cwd=cwd, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the wheel from a copy: setuptools leaves a folder in the source."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("helpdesk", "inbox", "templates", "static", "locale"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", copy, copy, cwd=copy)
    return next(copy.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the programs of a new environment with the tests' libraries and the wheel."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", home / "env", cwd=home)
    programs = home / "env" / "bin"
    libraries = next((home / "env").glob("lib/python*/site-packages"))
    (libraries / "tests.pth").write_text(sysconfig.get_path("purelib"))
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    to = ("--python", programs / "python")
    run(*pip, *to, "install", "--no-deps", "--no-index", wheel, cwd=home)
    return programs


def test_icons_come_with_their_licence() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text()
    licence = (ROOT / "static" / "LICENSE-Lucide.txt").read_text()

    assert "see LICENSE-Lucide.txt" in sprite
    assert "ISC License\n\nCopyright (c) 2026 Lucide Icons and Contributors" in licence
    assert "Copyright (c) 2013-present Cole Bemis" in licence


def test_an_installed_desk_opens_its_login_page(installed: Path, tmp_path: Path) -> None:
    run(installed / "helpdesk", "collectstatic", "--noinput", cwd=tmp_path)

    page = run(installed / "python", "-c", OPEN_LOGIN, cwd=tmp_path)

    assert page.startswith("200")
    assert 'lang="de"' in page
    assert "Anmelden" in page
    assert (tmp_path / "staticfiles" / "staticfiles.json").exists()


def test_an_installed_desk_has_every_migration(installed: Path, tmp_path: Path) -> None:
    plan = run(installed / "helpdesk", "showmigrations", "inbox", "--plan", cwd=tmp_path)

    here = [one.stem for one in (ROOT / "inbox" / "migrations").glob("0*.py")]
    assert all(f"inbox.{name}" in plan for name in here)
