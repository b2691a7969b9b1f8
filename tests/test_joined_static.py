"""What `collectstatic` joins: the sheet and the scripts every page begins with."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from helpdesk import static_files
from tests.collecting import collect

STATIC = Path(settings.BASE_DIR) / "static"


def read(name: str) -> str:
    return (STATIC / name).read_text()


def published(collected: Path, name: str) -> str:
    stem, suffix = name.rsplit(".", 1)
    return max(collected.glob(f"{stem}.????????????.{suffix}")).read_text()


@pytest.mark.parametrize("name", [*static_files.SHEETS, *static_files.SCRIPTS])
def test_a_page_needs_no_other_sheet_or_module(collected: Path, name: str) -> None:
    others = re.findall(r"(?:^|;)\s*(?:@import|import)\b[^;(]*;", published(collected, name))
    before = static_files.BEFORE.get(name, "").removesuffix(".js")

    assert len(others) == bool(before)
    assert all(re.search(rf'"./{Path(before).name}\.\w{{12}}\.js"', one) for one in others)


def test_the_sheet_holds_every_file_it_imports(collected: Path) -> None:
    for one in static_files.SHEETS:
        sheet = published(collected, one)

        for name in static_files.SHEET_IMPORT.findall(read(one)):
            (first,) = re.findall(r"[.#]([\w-]+)", read(f"css/{name}"))[:1]
            assert first in sheet


def test_collecting_again_joins_again(collected: Path) -> None:
    first = published(collected, "js/site.js")

    collect(collected)

    assert published(collected, "js/site.js") == first
    assert len(list(collected.glob("js/site.????????????.js"))) == 1


def test_every_module_and_sheet_is_reached() -> None:
    scripts = "".join(static_files.join_modules(one, read) for one in static_files.SCRIPTS)
    sheets = "".join(map(read, static_files.SHEETS))
    apart = {"trusted.js", "site.css", "pages.css", "reports.css", "admin.css"}

    for file in [*STATIC.glob("js/**/*.js"), *STATIC.glob("css/*.css")]:
        known = file.name in sheets or f"_{file.stem} = (" in scripts
        assert known or file.name in apart


def test_a_second_script_shares_the_modules_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "BEFORE", {"second.js": "first.js"})
    modules = {
        "first.js": 'import { x } from "./lib/c.js";\nx();\n',
        "second.js": 'import { x } from "./lib/c.js";\nimport "./own.js";\nx();\n',
        "own.js": "export const y = () => 2;\n",
        "lib/c.js": "export const x = () => 1;\n",
    }

    first, second = (
        static_files.join_modules(one, modules.__getitem__) for one in ("first.js", "second.js")
    )

    assert first.endswith("export { _lib_c, _first };\n")
    assert second.startswith('import { _lib_c, _first } from "./first.js";\n')
    assert "const { x } = _lib_c;" in second
    assert re.findall(r"^const (_\w+) = \(", second, re.MULTILINE) == ["_own", "_second"]


def test_a_module_exports_nothing_out_of_a_comment() -> None:
    modules = {"a.js": "/*\nexport const gone = 1;\n*/\nexport const x = 2;\n"}

    assert "return { x };" in static_files.join_modules("a.js", modules.__getitem__)


def test_a_module_runs_once_and_after_those_it_needs() -> None:
    modules = {
        "a.js": 'import "./b.js";\nimport { x as y } from "./lib/c.js";\ny();\n',
        "b.js": 'import { x } from "./lib/c.js";\nx();\n',
        "lib/c.js": "export const x = () => 1;\n",
    }

    joined = static_files.join_modules("a.js", modules.__getitem__)

    assert re.findall(r"^const (_\w+) = \(", joined, re.MULTILINE) == ["_lib_c", "_b", "_a"]
    assert "const { x: y } = _lib_c;" in joined
    assert "return { x };" in joined
