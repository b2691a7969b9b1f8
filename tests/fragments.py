"""Fails each test in which a kept fragment reads more than the values it is kept by.

Each filled one is compared with its template rendered for the page alone, and each row that is
shown again with itself built and rendered anew.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

import pytest

rendering = threading.local()


@pytest.fixture(scope="session", autouse=True)
def _fragments_read_values_only() -> Iterator[None]:
    """While one is rendered, neither the clock nor the database can be asked."""
    from django.utils import timezone

    from inbox import kept

    now, render_once, fill, recall = timezone.now, kept.render_once, kept.fill, kept.recall

    def guarded_now() -> datetime:
        assert not getattr(rendering, "name", ""), f"{rendering.name} asks the clock"
        return now()

    def guarded_render(template_name: str, shown: dict[str, Hashable]) -> Any:
        with _guarded(template_name):
            return render_once(template_name, shown)

    def guarded_fill(
        template_name: str, shown: dict[str, Any], pieces: Any, texts: dict[str, Any]
    ) -> Any:
        filled = fill(template_name, shown, pieces, texts)
        if texts:
            alone = render_once(template_name, shown | texts)
            assert filled == alone, f"{template_name} does more than copy a gap"
        return filled

    def guarded_recall(key: Any, rows: kept.Rows, place: int) -> Any:
        found = recall(key, rows, place)
        if found is None:
            return found
        (template_name, _language, _zone, shown), told = key
        (row,) = rows.build([rows.items[place]])
        anew = kept.fragment(template_name, None, row=row, **dict(shown))
        # It would be another one a minute later.
        if anew != found:
            assert rows.all_shown()[place] != told, f"A kept row is stale: {found}, now {anew}"
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "fill", guarded_fill)
        patch.setattr(kept, "recall", guarded_recall)
        patch.setattr(timezone, "now", guarded_now)
        patch.setattr(kept, "render_once", guarded_render)
        yield


@contextmanager
def _guarded(template_name: str) -> Iterator[None]:
    from django.db import connection

    outer = getattr(rendering, "name", "")
    rendering.name = template_name
    try:
        with connection.execute_wrapper(_refuse):
            yield
    finally:
        rendering.name = outer


def _refuse(*_args: Any) -> NoReturn:
    raise AssertionError(f"{rendering.name} asks the database")
