"""Programs beyond Python that some tests need, and a marketplace that is somewhere else."""

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inbox.models import Marketplace


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


def move(marketplace: "Marketplace", base_url: str) -> None:
    """As an admin does it: another address, and the key entered again."""
    from inbox.services.marketplaces import clients, sealing

    opened = sealing.unseal(marketplace.sealed_credential)
    assert opened
    marketplace.base_url = base_url
    marketplace.sealed_credential = clients.seal(base_url, opened.secret)
    marketplace.save(update_fields=["base_url", "sealed_credential"])
