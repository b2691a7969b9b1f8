"""The documentation names only existing settings, files, commands and headings."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()


def settings_read() -> list[str]:
    source = (ROOT / "helpdesk/settings.py").read_text()
    return sorted(set(re.findall(r'env(?:iron)?\.\w+\(\s*"([A-Z0-9_]+)"', source)))


def settings_explained() -> set[str]:
    table = re.findall(r"^\| (`[A-Z0-9_`, ]+`) \|", README, re.MULTILINE)
    return set(re.findall(r"[A-Z][A-Z0-9_]+", " ".join(table)))


def test_the_readme_explains_every_setting() -> None:
    assert settings_read()
    assert set(settings_read()) - settings_explained() == set()


def test_every_setting_that_the_readme_explains_is_read() -> None:
    by_the_shell = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "Procfile").read_text()))

    assert settings_explained() - set(settings_read()) <= by_the_shell


def test_every_setting_that_deploying_names_is_explained() -> None:
    page = (ROOT / "docs/deploying.md").read_text()
    in_blocks = re.findall(r"^([A-Z][A-Z0-9_]+)=", page, re.MULTILINE)
    in_sentences = re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", page)

    assert {"SECRET_KEY", "TRUSTED_PROXIES"} <= {*in_blocks, *in_sentences}
    assert {*in_blocks, *in_sentences} - settings_explained() == set()


def test_the_architecture_names_the_htmx_that_is_vendored() -> None:
    script = (ROOT / "static/vendor/htmx.min.js").read_text()
    vendored = re.search(r'version:"([\d.]+)"', script)

    assert vendored
    assert f"htmx {vendored[1]};" in (ROOT / "docs/architecture.md").read_text()


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(str(one.relative_to(ROOT)) for one in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_documents_lead_somewhere(page: str) -> None:
    here = ROOT / page
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", here.read_text())

    assert [name for name in targets if not (here.parent / name).exists()] == []


def headings_of(page: Path) -> set[str]:
    """Returns the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_to_a_heading_lead_to_one(page: str) -> None:
    here = ROOT / page
    targets = re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", here.read_text())

    pages = [(here.parent / name if name else here, heading) for name, heading in targets]
    assert [one for one in pages if one[1] not in headings_of(one[0])] == []


def test_every_command_that_is_named_is_there() -> None:
    written = "".join((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
    makefile = (ROOT / "Makefile").read_text()

    named = set(re.findall(r"(?:^|`)make ([a-z]+)", written, re.MULTILINE))

    assert named
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", ["reliability.md", "security.md"])
def test_what_is_promised_names_tests_and_modules_that_exist(page: str) -> None:
    named = re.findall(r"`([\w/]+\.py)`", (ROOT / "docs" / page).read_text())
    homes = [ROOT, ROOT / "tests", ROOT / "tests/chaos", ROOT / "inbox"]

    assert named
    assert [one for one in named if not any((home / one).exists() for home in homes)] == []


def test_what_contributing_leads_to_is_there() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## Where is …?")[2].partition("##")[0]
    named = re.findall(r"`((?:inbox|templates|static|helpdesk)/[\w/.]+)`", table)

    assert len(named) > 20
    assert [one for one in named if not (ROOT / one).exists()] == []


# The number of sections in each chapter of ASVS 5.0.0; the last one, WebRTC, is one row.
ASVS = {1: 5, 2: 4, 3: 7, 4: 4, 5: 4, 6: 8, 7: 6, 8: 4, 9: 2, 10: 7, 11: 7, 12: 3, 13: 4, 14: 3}
ASVS |= {15: 4, 16: 5, 17: 1}


def test_every_section_of_asvs_is_judged_and_every_gap_named() -> None:
    text = (ROOT / "docs/security.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+) .* \| (.*?) \|(.*)\|$", text, re.MULTILINE)

    wanted = [f"{chapter}.{one + 1}" for chapter, number in ASVS.items() for one in range(number)]

    assert [section for section, _state, _how in rows] == wanted
    assert {state for _section, state, _how in rows} == {"met", "partly", "none of it"}
    assert not [section for section, state, how in rows if state == "partly" and not how]
