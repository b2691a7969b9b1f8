"""Programs that some tests need, and a marketplace at another address."""

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inbox.models import Marketplace


def require_tool(*names: str) -> str:
    """Returns the path of the first installed program; skips the test if there is none.

    With REQUIRE_TOOLS=1 a missing program is a failure.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    if os.environ.get("REQUIRE_TOOLS") == "1":
        pytest.fail(f"{names[0]} was not found: install it.")
    pytest.skip(f"{names[0]} is not installed")


def move(marketplace: "Marketplace", base_url: str) -> None:
    """Changes the address as an admin does, and enters the key again."""
    from inbox.services.marketplaces import clients, sealing

    opened = sealing.unseal(marketplace.sealed_credential)
    assert opened
    marketplace.base_url = base_url
    marketplace.sealed_credential = clients.seal(base_url, opened.secret)
    marketplace.save(update_fields=["base_url", "sealed_credential"])
