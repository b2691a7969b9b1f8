"""Static files whose names change with their content, so that browsers can cache them for ever.

`collectstatic` joins the imports of each page's style sheets and scripts: four files instead of
fifty. It leaves out what only readers of the source need: 31 kB on the wire instead of 46. Lists
need only the first of each: 20 kB.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import minify  # type: ignore[import-untyped]
from django.core.files.base import ContentFile
from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

SHEETS = ("css/site.css", "css/pages.css", "css/reports.css")
SCRIPTS = ("js/site.js", "js/pages.js", "js/timeline.js", "js/login.js", "js/live_worker.js")
# Runs before it on the same page, and shares its modules with it.
BEFORE = {"js/pages.js": "js/site.js", "js/timeline.js": "js/site.js"}

SHEET_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')
SCRIPT_IMPORT = re.compile(r'^import (?:(.+) from )?"([^"]+)";\n', re.MULTILINE)
DECLARED = re.compile(
    r"^export (default )?((?:async )?(?:const|let|function|class) (\w+))", re.MULTILINE
)
LISTED = re.compile(r"^export \{([^}]+)\};\n?", re.MULTILINE)
COMMENT = re.compile(r"^/\*.*?\*/", re.DOTALL | re.MULTILINE)
RENAMED = re.compile(r"(\w+) as (\w+)")

Read = Callable[[str], str]


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports of our modules to these names."""

    support_js_module_import_aggregation = True
    # Django would rewrite third-party scripts too, and these name files that do not exist.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            sources = dict(paths)
            for name in (*SHEETS, *SCRIPTS):
                self.delete(name)
                self._save(name, ContentFile(_joined(name, sources).encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def _joined(name: str, sources: dict[str, Any]) -> str:
    def read(path: str) -> str:
        storage, stored = sources[path]
        with storage.open(stored) as file:
            return str(file.read().decode())

    return publish(name, read)


def publish(name: str, read: Read) -> str:
    """Returns a page's style sheet or script as browsers get it: joined, and made short."""
    if name in SHEETS:
        return str(minify.string("text/css", join_sheets(name, read)))
    return str(minify.string("application/javascript", join_modules(name, read)))


def join_sheets(name: str, read: Read) -> str:
    """Returns the style sheet with its imports inlined. All of them are in one folder."""
    folder = posixpath.dirname(name)
    return SHEET_IMPORT.sub(lambda found: read(posixpath.join(folder, found[1])), read(name))


def join_modules(name: str, read: Read) -> str:
    """Returns one script that runs the imports of `name` in order, each once.

    Each module becomes a function that returns its exports. Modules of the script before it are
    imported from there.
    """
    before = _modules(BEFORE[name], read) if name in BEFORE else {}
    own = {path: text for path, text in _modules(name, read).items() if path not in before}
    parts = list(own.values())
    if before:
        parts.insert(
            0, f'import {{ {_names(before)} }} from "./{posixpath.basename(BEFORE[name])}";\n'
        )
    if name in BEFORE.values():
        parts.append(f"export {{ {_names(own)} }};\n")
    return "".join(parts)


def _modules(name: str, read: Read) -> dict[str, str]:
    joined: dict[str, str] = {}
    _add_module(name, read, joined)
    return joined


def _names(modules: Iterable[str]) -> str:
    return ", ".join(map(_variable, modules))


def _add_module(name: str, read: Read, joined: dict[str, str]) -> None:
    text = read(name)
    folder = posixpath.dirname(name)
    needed = {
        path: posixpath.normpath(posixpath.join(folder, path))
        for _names, path in SCRIPT_IMPORT.findall(text)
    }
    for path in needed.values():
        if path not in joined:
            _add_module(path, read, joined)

    def bind(found: re.Match[str]) -> str:
        if not found[1]:
            return ""
        names = found[1] if found[1].startswith("{") else f"{{ default: {found[1]} }}"
        return f"const {names.replace(' as ', ': ')} = {_variable(needed[found[2]])};\n"

    joined[name] = _as_function(name, SCRIPT_IMPORT.sub(bind, text))


def _as_function(name: str, text: str) -> str:
    declared = DECLARED.findall(COMMENT.sub("", text))
    exported = [f"default: {one}" if default else one for default, _, one in declared]
    for names in LISTED.findall(text):
        exported += [RENAMED.sub(r"\2: \1", one.strip()) for one in names.split(",")]
    body = LISTED.sub("", DECLARED.sub(r"\2", text))
    return (
        f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"
    )


def _variable(name: str) -> str:
    return "_" + re.sub(r"\W", "_", name.removesuffix(".js"))
