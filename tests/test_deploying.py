"""docs/deploying.md and deploy/ agree with the files, the settings and Procfile."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.serving import ROOT
from tests.tools import require_tool

PAGE = (ROOT / "docs/deploying.md").read_text()
UNITS = ROOT / "deploy/systemd"
PROGRAMS = "/opt/helpdesk/.venv/bin/"


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def run_by(unit: str) -> list[str]:
    text = (UNITS / f"helpdesk-{unit}.service").read_text()
    return re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["release", "web", "worker", "live"])
def test_a_unit_runs_what_the_procfile_runs(name: str) -> None:
    wanted = re.sub(r"\$\{(\w+):-[^}]*\}", r"${\1}", procfile()[name])

    assert " && ".join(line.removeprefix(PROGRAMS) for line in run_by(name)) == wanted


def test_units_take_the_procfiles_own_values_where_none_is_set() -> None:
    common = (UNITS / "helpdesk-.service.d/all.conf").read_text()
    given = re.findall(r"^Environment=(.+)$", common, re.MULTILINE)

    defaults = re.findall(r"\$\{(\w+):-([^}]*)\}", " ".join(procfile().values()))

    assert dict(one.split("=") for one in given[0].split()) == dict(defaults)


def test_every_command_that_is_named_is_there() -> None:
    named = set(re.findall(r"(?:helpdesk-manage|manage\.py) ([a-z_]+)", PAGE))

    assert {"createsuperuser", "restore", "resume_sending"} <= named
    assert named <= set(get_commands())


def test_every_unit_that_is_named_is_there() -> None:
    named = set(re.findall(r"\bhelpdesk-[a-z]+(?:\.timer)?", PAGE)) - {"helpdesk-manage"}
    there = {path.name for path in UNITS.iterdir()}

    assert named
    assert {one if "." in one else f"{one}.service" for one in named} <= there


def test_every_sample_that_is_named_is_there() -> None:
    named = set(re.findall(r"deploy/[\w./-]*\w", PAGE))

    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A copy whose programs are there: the desk is not installed here."""
    copy = Path(shutil.copytree(UNITS, tmp_path / "units"))
    for unit in copy.glob("*.service"):
        text = unit.read_text()
        unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    return copy


def verify(units: Path) -> str:
    """Returns what systemd has to say."""
    names = sorted(str(path) for path in units.iterdir() if path.is_file())
    command = [require_tool("systemd-analyze"), "verify", "--man=no", *names]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in ended.stderr.splitlines() if "helpdesk" in line]
    return "\n".join(lines) or ("" if ended.returncode == 0 else ended.stderr)


def test_systemd_accepts_the_units(units: Path) -> None:
    assert verify(units) == ""


def test_systemd_would_find_a_misspelt_restriction(units: Path) -> None:
    common = units / "helpdesk-.service.d/all.conf"
    common.write_text(common.read_text().replace("ProtectHome=", "ProtectHouse="))

    assert "ProtectHouse" in verify(units)
