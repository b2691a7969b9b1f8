"""An update that claims a row uses only that row's table.

With a join, Django would update the rows that a query found before, and PostgreSQL would not check
a concurrently changed row again: two processes could get the same claim.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "inbox").rglob("*.py") if "migrations" not in path.parts)
# Suffixes of a relation that need no join.
OWN = {"in", "isnull", "exact", "pk", "id", "lt", "lte", "gt", "gte"}


def relations() -> set[str]:
    """Returns relations that lead to another table."""
    names = set[str]()
    for model in apps.get_app_config("inbox").get_models():
        for field in model._meta.get_fields():
            if field.is_relation:
                names.add(field.name)
    return names


def many_valued() -> set[str]:
    """Returns relations that always join."""
    fields = [
        field
        for model in apps.get_app_config("inbox").get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not isinstance(field, ForeignKey)
    ]
    forwards = {field.name for field in fields if isinstance(field, ManyToManyField)}
    return forwards | {field.name for field in fields if field.auto_created}


def updates_in(module: ast.Module) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Returns each `….update(name=…)`, which is no dict's, with its function."""
    for scope in ast.walk(module):
        if isinstance(scope, ast.FunctionDef):
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
                    yield node, scope


def conditions_of(node: ast.AST, scope: ast.AST, module: ast.Module) -> set[str]:
    """Returns the conditions in the chain before `.update`, following variables and functions."""
    assigned = {
        target.id: one.value
        for one in ast.walk(scope)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    functions = {one.name: one for one in module.body if isinstance(one, ast.FunctionDef)}
    found, seen, waiting = set[str](), set[str](), [node]
    while waiting:
        for one in ast.walk(waiting.pop()):
            if isinstance(one, ast.Call) and getattr(one.func, "attr", "") in {"filter", "exclude"}:
                found.update(word.arg for word in one.keywords if word.arg)
            if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Q":
                found.update(word.arg for word in one.keywords if word.arg)
            if isinstance(one, ast.Name) and one.id not in seen:
                seen.add(one.id)
                follow = assigned.get(one.id) or functions.get(one.id)
                waiting += [follow] if follow else []
    return found


def joins(conditions: set[str]) -> set[str]:
    known, many = relations(), many_valued()
    return {
        name
        for name in conditions
        if (parts := name.split("__"))[0] in known
        if parts[0] in many or (len(parts) > 1 and parts[1] not in OWN)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_update_looks_at_the_row_that_is_there_then(path: Path) -> None:
    module = ast.parse(path.read_text())

    found = {
        f"line {node.lineno}: {name}"
        for node, scope in updates_in(module)
        for name in joins(conditions_of(node.func, scope, module))
    }

    assert found == set()


def test_a_condition_on_another_table_is_found() -> None:
    code = "def f():\n a = Outgoing.objects.filter(Q(marketplace__held_since=None))\n a.update(b=1)"
    module = ast.parse(code)
    ((node, scope),) = updates_in(module)

    assert joins(conditions_of(node.func, scope, module)) == {"marketplace__held_since"}
