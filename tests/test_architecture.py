"""The structure of the code: imports, lengths, and the content of templates."""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_LINE = 120

# Our own packages that each part may import.
MAY_IMPORT = {
    "inbox.mirakl": set[str](),
    "inbox.sandbox": set[str](),
    "inbox.sanitize": {
        "inbox.directions",
        "inbox.earlier",
        "inbox.layout",
        "inbox.links",
        "inbox.mail_marks",
        "inbox.mail_words",
        "inbox.mending",
        "inbox.mirakl.words",
        "inbox.quotes",
        "inbox.text",
    },
    "inbox.layout": set[str](),
    "inbox.links": {"inbox.layout"},
    "inbox.directions": {"inbox.layout"},
    "inbox.mending": {"inbox.mirakl.words"},
    "inbox.quotes": {"inbox.earlier", "inbox.mail_phrases", "inbox.mail_words"},
    "inbox.earlier": set[str](),
    "inbox.mail_marks": set[str](),
    "inbox.mail_words": set[str](),
    "inbox.mail_phrases": set[str](),
    "inbox.kept": set[str](),
    "inbox.constant_tags": set[str](),
    "inbox.sizes": set[str](),
    "inbox.stretches": set[str](),
    "inbox.dates": set[str](),
    "inbox.money": set[str](),
    "inbox.public_holidays": set[str](),
    "inbox.reply_calendar": {"inbox.dates", "inbox.public_holidays"},
    "inbox.models": {"inbox.dates", "inbox.public_holidays", "inbox.reply_calendar"},
    "inbox.text": set[str](),
    "inbox.word_forms": set[str](),
    "helpdesk": set[str](),
    "inbox.services": {
        "inbox.public_holidays",
        "inbox.reply_calendar",
        "inbox.kept",
        "inbox.models",
        "inbox.mirakl",
        "inbox.earlier",
        "inbox.sanitize",
        "inbox.sizes",
        "inbox.dates",
        "inbox.text",
        "inbox.money",
        "inbox.word_forms",
        "helpdesk.workers",
        "helpdesk.client_address",
        "helpdesk.logs",
        "helpdesk.storage",
        "helpdesk.live",
        "helpdesk.time_outs",
        "helpdesk.version",
    },
    "inbox.tasks": {"inbox.pages", "inbox.services"},
    "inbox.forms": {
        "inbox.public_holidays",
        "inbox.dates",
        "inbox.models",
        "inbox.services",
        "inbox.mirakl.wire",
        "inbox.accounts",
        "helpdesk.storage",
    },
    "inbox.htmx": {"inbox.models", "inbox.pages.viewer"},
    "inbox.access": {"inbox.htmx", "inbox.models"},
    "inbox.accounts": {"inbox.models", "inbox.services", "helpdesk.client_address"},
    "inbox.gate": {"inbox.htmx", "inbox.services"},
    "inbox.middleware": {
        "inbox.htmx",
        "inbox.models",
        "inbox.pages.viewer",
        "inbox.services",
        "helpdesk.client_address",
    },
    "inbox.pages": {
        "inbox.kept",
        "inbox.dates",
        "inbox.earlier",
        "inbox.forms",
        "inbox.models",
        "inbox.services",
        "inbox.stretches",
    },
    "inbox.live": {"inbox.models", "inbox.services", "helpdesk.live"},
    "inbox.templatetags": {
        "helpdesk.live",
        "inbox.constant_tags",
        "inbox.kept",
        "inbox.dates",
        "inbox.models",
        "inbox.money",
        "inbox.pages",
        "inbox.sanitize",
        "inbox.sizes",
        "inbox.stretches",
    },
    "inbox.views": {
        "inbox.accounts",
        "inbox.access",
        "inbox.forms",
        "inbox.pages",
        "inbox.services",
        "inbox.models",
        "inbox.htmx",
        "inbox.dates",
        "inbox.stretches",
        "helpdesk.storage",
    },
    "inbox.admin": {"inbox.forms", "inbox.services", "inbox.models"},
}
# The packages that each service package may import, without cycles. Modules beside the packages may
# be imported by all.
SERVICES = {
    "people": {"marketplaces"},
    "triage": {"insight", "people"},
    "marketplaces": {"insight"},
    "insight": set[str](),
    "mails": {"insight", "people"},
    "mirror": {"insight", "marketplaces", "triage"},
    "composing": {"marketplaces", "mirror", "people", "triage"},
    "outbox": {"composing", "insight", "marketplaces", "mirror", "people", "triage"},
    "search": {"insight", "marketplaces"},
    "backfills": {"insight", "mirror"},
    "privacy": {"marketplaces", "mirror"},
    "ops": {"marketplaces", "outbox", "privacy"},
}
# Third-party packages that each part may import.
OUTSIDE = {
    "inbox.mirakl": {"httpx", "msgspec"},
    "inbox.sandbox": {"werkzeug"},
    "inbox.quotes": set[str](),
    "inbox.earlier": set[str](),
    "inbox.mail_words": set[str](),
    "inbox.mail_phrases": set[str](),
}
SOURCES = sorted([*(ROOT / "inbox").rglob("*.py"), *(ROOT / "helpdesk").rglob("*.py")])
SOURCES = [path for path in SOURCES if "migrations" not in path.parts]
PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Allowed to be longer, each for its reason.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def named(path: Path) -> str:
    """Returns a module's dotted name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(path: Path) -> Iterator[str]:
    """Returns dotted names: `from inbox import mirakl` is `inbox.mirakl`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} has a relative import"
            if node.module in {"inbox", "helpdesk", "inbox.services"}:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def is_within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def modules_of(part: str) -> list[Path]:
    return [path for path in SOURCES if is_within(named(path), part)]


def trespasses(part: str) -> set[str]:
    """Returns every import of our own modules that `part` may not have."""
    allowed = {part, *MAY_IMPORT[part]}
    return {
        f"{named(path)} imports {name}"
        for path in modules_of(part)
        for name in imported_by(path)
        if is_within(name, "inbox") or is_within(name, "helpdesk")
        if not any(is_within(name, one) for one in allowed)
    }


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_it_imports_in_one_direction(part: str) -> None:
    assert modules_of(part), f"{part} is gone: take it off this list"
    assert trespasses(part) == set()


def imports_of(name: str, modules: set[str]) -> set[str]:
    """Our own modules that one imports, a name of a module being that module."""
    path = next(path for path in SOURCES if named(path) == name)
    found = (one for full in imported_by(path) for one in (full, full.rpartition(".")[0]))
    return {one for one in found if one in modules} - {name}


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {named(path) for path in SOURCES if path.name != "__init__.py"}
    left = {name: imports_of(name, modules) for name in modules}

    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}

    assert left == {}


@pytest.mark.parametrize("package", SERVICES)
def test_services_import_in_one_direction(package: str) -> None:
    known = {f"inbox.services.{one}" for one in SERVICES}
    allowed = {f"inbox.services.{one}" for one in {package, *SERVICES[package]}}
    imported = {
        name for path in modules_of(f"inbox.services.{package}") for name in imported_by(path)
    }

    assert {part for name in imported for part in known if is_within(name, part)} <= allowed


def test_modules_outside_the_packages_import_none_of_them() -> None:
    beside = [path for path in modules_of("inbox.services") if path.parent.name == "services"]
    imported = {name for path in beside for name in imported_by(path)}

    assert not [
        name for name in imported for one in SERVICES if is_within(name, f"inbox.services.{one}")
    ]


def test_every_package_of_the_services_has_its_place() -> None:
    folders = (ROOT / "inbox" / "services").iterdir()
    found = {path.name for path in folders if path.is_dir() and path.name != "__pycache__"}

    assert found == set(SERVICES)


def test_every_part_has_its_place_in_the_order() -> None:
    parts = {
        named(path)
        for path in SOURCES
        if is_within(named(path), "inbox") and not is_within(named(path), "inbox.management")
    }
    placed = {name for name in parts if any(is_within(name, part) for part in MAY_IMPORT)}

    assert parts - placed == {"inbox", "inbox.apps", "inbox.sign_in_urls", "inbox.urls"}


@pytest.mark.parametrize("part", OUTSIDE)
def test_it_needs_little_from_outside(part: str) -> None:
    allowed = {"inbox", *OUTSIDE[part], *sys.stdlib_module_names}
    needed = {name.split(".")[0] for path in modules_of(part) for name in imported_by(path)}

    assert needed <= allowed


def test_services_know_nothing_of_requests() -> None:
    needed = {name for path in modules_of("inbox.services") for name in imported_by(path)}

    assert not {name for name in needed if is_within(name, "django.http")}
    assert "django.shortcuts" not in needed


def test_pages_know_who_looks_and_nothing_else_of_a_request() -> None:
    """A page depends only on the Viewer and the query string, so a task could render it."""
    requests = {"HttpRequest", "HttpResponse", "DeskRequest"}
    named = {
        node.id if isinstance(node, ast.Name) else node.name
        for path in modules_of("inbox.pages")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.alias)
    }

    assert not named & requests


def test_no_module_grows_long() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in PYTHON
        if len(path.read_text().splitlines()) > LONGEST_MODULE
    }

    assert long == set(LONG_MODULES)


def test_no_function_grows_long() -> None:
    long = {
        f"{named(path)}.{node.name}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }

    assert long == set(LONG_FUNCTIONS)


# -- templates ------------------------------------------------------------

TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
WRITES = {"hx-post", "hx-put", "hx-patch", "hx-delete"}


class Page(HTMLParser):
    """The elements of a template, and whether each form has a CSRF token."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.unguarded: list[dict[str, str]] = []
        self.form: dict[str, str] = {}
        source = path.read_text().replace("{% csrf_token %}", "<csrf>")
        # Django tags become plain text, so that URLs stay distinct.
        self.feed(TEMPLATE_CODE.sub(lambda code: re.sub(r"\W+", "-", code[0]), source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = attributes
            if attributes.get("method", "").lower() == "post":
                self.unguarded.append(attributes)
        if tag == "csrf" and self.form in self.unguarded:
            self.unguarded.remove(self.form)
        if tag == "button" and self.form:
            # The action without JavaScript.
            attributes = {"method": self.form.get("method", ""), **attributes}
            attributes["action"] = attributes.get("formaction") or self.form.get("action", "")
        self.elements.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = {}


def test_no_line_of_templates_and_sheets_grows_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*TEMPLATES, *(ROOT / "static/css").glob("*.css")]
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert long == []


# A mail has no style sheet, and no reader of mails knows our policy.
PAGES = [path for path in TEMPLATES if path.name != "mail.html"]


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(request.param)


def test_it_runs_no_script_of_its_own(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
        assert not [value for value in attributes.values() if "javascript:" in value]


def test_every_write_works_without_javascript(page: Page) -> None:
    for tag, attributes in page.elements:
        if WRITES & set(attributes):
            assert tag in {"form", "button"}
            assert set(attributes) & WRITES == {"hx-post"}
            assert attributes.get("method") == "post"
            assert attributes.get("action") == attributes["hx-post"]


def test_every_form_that_writes_is_guarded(page: Page) -> None:
    assert page.unguarded == []
