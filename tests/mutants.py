"""`make mutants`: small changes of the code that some test should notice.

Draws some of Cosmic Ray's mutations of the outbox, the mirror and the models, applies each to a
copy of the checkout, and runs the tests of its part until one fails. `MUTANTS_SEED` draws the same
again.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parent.parent
# A mutant that never ends is noticed too, and a slow machine is no mutant.
SECONDS = 3600
# The tests of a part, sorted by how soon they fail.
PARTS = {
    "inbox/services/outbox": [
        "test_outbox_*.py",
        "test_tasks.py",
        "test_view_reply*.py",
        "test_view_outbox.py",
        "test_view_undo.py",
        "test_view_candidates.py",
        "test_view_begun.py",
        "test_chaos.py",
    ],
    "inbox/services/mirror": [
        "test_mirror*.py",
        "test_previews.py",
        "test_view_history.py",
        "test_view_thread_late.py",
        "test_view_customers.py",
        "test_triage*.py",
    ],
    "inbox/models": [
        "test_rules_of_rows.py",
        "test_queues.py",
        "test_keyset.py",
        "test_access.py",
        "test_bulk.py",
        "test_drafts.py",
        "test_notify.py",
        "test_triage*.py",
        "test_mirror.py",
        "test_outbox_*.py",
        "test_forms_marketplaces.py",
        "test_view_*.py",
    ],
}
# Tests that use all that the others use: where they fail, each mutant would seem to be killed.
WITHOUT_MUTANT = ["tests/test_rules_of_rows.py", "tests/test_tasks.py"]
# Annotations that nothing reads, and decorators without which a module cannot be imported.
LEFT_OUT = ("core/RemoveDecorator", "core/ReplaceBinaryOperator_BitOr")
OPERATORS = [
    name
    for name in sorted(operator_names())
    if not name.startswith(LEFT_OUT) and not get_operator(name).arguments()
]


@dataclass(frozen=True)
class Mutant:
    """One operator at one of the places in a module that it fits."""

    path: str  # below the root
    operator: str
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator.removeprefix('core/')}"

    @property
    def tests(self) -> list[str]:
        part = next(part for part in PARTS if self.path.startswith(part))
        found = [path for name in PARTS[part] for path in sorted((ROOT / "tests").glob(name))]
        return [str(path.relative_to(ROOT)) for path in found]


def draw(count: int, chance: random.Random) -> list[Mutant]:
    """That many: a module by its size, an operator, and one of the places that it fits there."""
    modules = [path for part in PARTS for path in sorted((ROOT / part).glob("*.py"))]
    sizes = [len(path.read_text()) for path in modules]
    drawn: dict[Mutant, None] = {}
    while len(drawn) < count:
        path, operator = chance.choices(modules, sizes)[0], chance.choice(OPERATORS)
        places = places_of(path, operator)
        if places:
            occurrence = chance.randrange(len(places))
            place = str(path.relative_to(ROOT))
            if operator == "core/ReplaceTrueWithFalse" and is_strict(path, places[occurrence]):
                continue
            drawn[Mutant(place, operator, occurrence, places[occurrence])] = None
    return list(drawn)


@cache
def places_of(path: Path, operator: str) -> list[int]:
    """The lines that the operator could change."""
    fits = get_operator(operator)()
    return [at[0][0] for node in nodes_of(path) for at in fits.mutation_positions(node)]


@cache
def is_strict(path: Path, line: int) -> bool:
    """Whether it only demands equal lengths of a `zip`, which a mutant of it can't change."""
    return "strict=True" in path.read_text().splitlines()[line - 1]


@cache
def nodes_of(path: Path) -> list[Any]:
    return list(ast_nodes(get_ast_from_path(path)))


def is_killed(mutant: Mutant, copy: Path) -> bool:
    """Whether a test fails with it."""
    path = copy / mutant.path
    source = path.read_text()
    changed = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence)
    if changed is None or changed == source:
        return True
    path.write_text(changed)
    try:
        return not passes(copy, mutant.tests)
    finally:
        path.write_text(source)


def passes(copy: Path, tests: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    try:
        ran = subprocess.run(  # noqa: S603  our own files
            [*command, "-n", "2", "-m", "not timing", *tests],
            cwd=copy,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("--count", type=int, default=100)
    chosen = options.parse_args()
    seed = int(os.environ.get("MUTANTS_SEED") or random.randrange(10**6))
    print(f"MUTANTS_SEED={seed}", flush=True)
    drawn = draw(chosen.count, random.Random(seed))
    survived = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "desk"
        left_out = shutil.ignore_patterns(".git", ".venv", ".local", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, ignore=left_out)
        if not passes(copy, WITHOUT_MUTANT):
            sys.exit("The tests fail without any mutant: run `make test` first.")
        for number, mutant in enumerate(drawn, start=1):
            killed = is_killed(mutant, copy)
            print(f"{number:4} {'killed  ' if killed else 'SURVIVED'} {mutant}", flush=True)
            survived += [] if killed else [mutant]
    share = 1 - len(survived) / len(drawn)
    print(f"{len(drawn) - len(survived)} of {len(drawn)} killed, {share:.0%}")
    sys.exit(share < 0.9)


if __name__ == "__main__":
    main()
