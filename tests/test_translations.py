"""Every text of the desk is translated completely, and the catalogues are compiled."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["de", "es", "fr", "it"]
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CALL = re.compile(r"\b(?:_|n?p?gettext)\(")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def calls_in(source: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield node


def calls_in_template(path: Path) -> Iterator[ast.Call]:
    """Finds texts with Django's own template extraction."""
    source = templatize(path.read_text())
    for found in CALL.finditer(source):
        ends = (end.end() for end in re.finditer(r"\)", source[found.start() :]))
        for end in ends:
            try:
                yield from calls_in(source[found.start() : found.start() + end].strip())
            except SyntaxError:
                continue
            break


def texts_of(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Returns context and text."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    literals = [one.value for one in call.args if isinstance(one, ast.Constant)]
    words = [one for one in literals if isinstance(one, str)]
    if name in SINGULAR | PLURAL and words:
        yield "", words[0]
    elif name in {"pgettext", "pgettext_lazy"} and len(words) > 1:
        yield words[0], words[1]


@cache
def said() -> set[tuple[str, str]]:
    python = [path for part in ("helpdesk", "inbox") for path in (ROOT / part).rglob("*.py")]
    found = {
        text for path in python for call in calls_in(path.read_text()) for text in texts_of(call)
    }
    for path in (ROOT / "templates").rglob("*.html"):
        found |= {text for call in calls_in_template(path) for text in texts_of(call)}
    return found


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / request.param / "LC_MESSAGES" / "django.po"))


def test_every_text_is_in_every_language(catalogue: polib.POFile) -> None:
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue if entry.translated()}

    assert said() - known == set()


def test_no_language_holds_what_nobody_says(catalogue: polib.POFile) -> None:
    assert {(entry.msgctxt or "", entry.msgid) for entry in catalogue} - said() == set()


def test_no_placeholder_is_lost_or_made_up(catalogue: polib.POFile) -> None:
    wrong = {
        entry.msgid
        for entry in catalogue
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if text
        if not set(PLACEHOLDER.findall(text))
        <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    }

    assert wrong == set()


def test_it_is_compiled_as_it_stands(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(Path(catalogue.fpath).with_suffix(".mo")))

    def texts(file: polib.POFile | polib.MOFile) -> set[tuple[str, str, str, str]]:
        return {(one.msgctxt or "", one.msgid, one.msgstr, str(one.msgstr_plural)) for one in file}

    assert texts(compiled) == texts(catalogue)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Se connecter"), ("de", "Anmelden"), ("es", "Iniciar sesión"), ("it", "Accedi")],
)
def test_a_page_speaks_it(language: str, words: str) -> None:
    with translation.override(language):
        page = render_to_string("account/login.html", {"form": {"errors": {}}})

    assert words in page
