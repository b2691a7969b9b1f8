"""Scripts: their origin, and that each finds its imports, also under published names."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
VENDOR, SCRIPTS = ROOT / "static/vendor", ROOT / "static/js"
MODULES = sorted(SCRIPTS.rglob("*.js"))
IMPORT = re.compile(r'^(?:import|export)\b[^;"=]*"([^"]+)";', re.MULTILINE)


def imports(module: Path) -> list[Path]:
    return [(module.parent / name).resolve() for name in IMPORT.findall(module.read_text())]


def test_scripts_of_others_are_as_they_were_published() -> None:
    pinned = [line.split() for line in (VENDOR / "VENDORED.txt").read_text().splitlines()]
    licences = (VENDOR / "LICENSES.txt").read_text()

    assert {file for _hash, file, *_source in pinned} == {one.name for one in VENDOR.glob("*.js")}
    for wanted, file, package, *_source in pinned:
        assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == wanted
        assert f"== {package.removesuffix('.org')} ==" in licences


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.name)
def test_a_module_imports_by_name_what_is_there(module: Path) -> None:
    text = module.read_text()

    assert all(one.exists() for one in imports(module))
    assert "export default" not in text
    assert not re.search(r"^import \w+ from .*js/", text, re.MULTILINE)


def test_no_module_needs_itself() -> None:
    needs = {module: set(imports(module)) for module in MODULES}
    while leaves := [one for one, needed in needs.items() if not needed & needs.keys()]:
        for leaf in leaves:
            del needs[leaf]

    assert needs == {}


def test_published_modules_import_published_modules(collected: Path) -> None:
    published = [
        one for one in collected.rglob("js/**/*.js") if re.search(r"\.\w{12}\.js$", one.name)
    ]
    found = [needed for module in published for needed in imports(module)]
    assert len(found) > 5
    assert all(re.search(r"\.\w{12}\.js$", one.name) and one.exists() for one in found)
