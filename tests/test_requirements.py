"""What an installation imports is among what it installs."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = {"inbox", "helpdesk"}
# They run with the demo only.
OF_THE_DEMO = ("inbox/sandbox/", "inbox/management/commands/demo.py", "helpdesk/embedded.py")


def imported_at_run_time(node: ast.AST) -> Iterator[str]:
    """Top-level names of the packages, without those that only the type checker reads."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").split(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from imported_at_run_time(child)


def test_an_installation_has_what_it_imports() -> None:
    listed = (ROOT / "requirements-s3.txt").read_text()
    installed = set(re.findall(r"^([a-z0-9.-]+)==", listed, re.MULTILINE))
    provided_by = packages_distributions()

    missing = {
        f"{path.relative_to(ROOT)} imports {name}"
        for part in OURS
        for path in (ROOT / part).rglob("*.py")
        if not path.relative_to(ROOT).as_posix().startswith(OF_THE_DEMO)
        for name in imported_at_run_time(ast.parse(path.read_text()))
        if name not in OURS | sys.stdlib_module_names
        if installed.isdisjoint(normal(one) for one in provided_by.get(name, []))
    }

    assert missing == set()


def normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()
