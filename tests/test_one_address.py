"""An address that answers both a page and a part of it: no browser keeps either for the other."""

import pytest
from django.test import Client

from tests.builders import HTMX, text_of


@pytest.mark.parametrize("asked", [{}, HTMX], ids=["page", "fragment"])
def test_what_an_address_answered_is_never_taken_from_a_cache(
    agent: Client, asked: dict[str, str]
) -> None:
    answer = agent.get("/", headers=asked)

    assert "no-store" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]
    assert ("<html" in text_of(answer)) is (not asked)
