"""What the mirror computes from texts alone is computed once: most tests mirror the same texts."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest


@pytest.fixture(scope="session", autouse=True)
def _texts_are_read_once() -> Iterator[None]:
    from inbox.services.mirror import customer_languages, mapping, previews

    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (customer_languages, "detect_language"),
            (mapping, "build_search_text"),
            (previews, "extract_own_text"),
        ):
            patch.setattr(module, name, _computed_once(getattr(module, name)))
        yield


def _computed_once(function: Callable[..., str]) -> Callable[..., str]:
    remembered = lru_cache(maxsize=4096)(function)
    return lambda text, *lists: remembered(
        text if isinstance(text, str) else tuple(text), *map(tuple, lists)
    )
