"""Programs beyond Python that some tests need."""

import os
import shutil

import pytest


def require_tool(*names: str) -> str:
    """The path of the first of these programs; the test is skipped where none is installed.

    With REQUIRE_TOOLS=1 their absence is a failure.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    if os.environ.get("REQUIRE_TOOLS") == "1":
        pytest.fail(f"{names[0]} was not found: install it.")
    pytest.skip(f"{names[0]} is not installed")
