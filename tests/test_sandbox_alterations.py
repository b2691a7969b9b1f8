"""The fault `alter`: a marketplace that stores altered texts."""

import pytest

from inbox.models import Thread
from tests.writing import Mirakl

WORDS = "Call +33 1 23 45 67 89 or write to jo@demo.example 👋"


@pytest.mark.parametrize(
    ("alter", "stored"),
    [
        ("mask", "Call +*** or write to *** 👋"),
        ("emoji", "Call +33 1 23 45 67 89 or write to jo@demo.example "),
        ("wrap", f"<p>{WORDS}</p>"),
        ("footer", f"{WORDS}<br />--<br />Sent through the marketplace. Reply there."),
    ],
)
def test_it_stores_a_text_changed(thread: Thread, mirakl: Mirakl, alter: str, stored: str) -> None:
    mirakl.fails("M12", alter=alter, times=1)

    mirakl.write(thread.mirakl_id, WORDS)
    mirakl.write(thread.mirakl_id, WORDS)

    assert mirakl.bodies(thread.mirakl_id)[-2:] == [stored, WORDS]
