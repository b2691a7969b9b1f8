"""Shared by tests of a storefront: its two customers, and its calls to Mirakl."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

if TYPE_CHECKING:
    from inbox.models import Marketplace, User
    from inbox.sandbox.server import Running

BEARER = {"Authorization": "Bearer sandbox-front-maison"}


class Storefront:
    """Maison Verte's storefront, without code of the desk."""

    def __init__(self, sandbox: "Running") -> None:
        self._http = httpx.Client(base_url=sandbox.url, headers=BEARER, timeout=60, trust_env=False)
        threads = self.threads(entity_type="MMP_ORDER")
        self.first = threads[0]
        self.mine = customer_of(self.first)
        self.other = next(one for one in threads if customer_of(one) != self.mine)
        self.theirs = customer_of(self.other)

    def close(self) -> None:
        self._http.close()

    def threads(self, **query: str) -> list[dict[str, Any]]:
        answer = self._http.get("/api/inbox/threads", params={"limit": "100", **query})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def messages(self, thread_id: str) -> list[dict[str, Any]]:
        answer = self._http.get(f"/api/inbox/threads/{thread_id}").raise_for_status()
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def download(self, attachment_id: str) -> bytes:
        return self._http.get(f"/api/inbox/threads/{attachment_id}/download").content

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """Returns the calls of the desk. Calls of this client are included unless forgotten."""
        log = self._http.get("/_sandbox/log").json()
        return [entry for entry in log if entry["operation"] == operation]

    def asked(self, operation: str, name: str = "customer_id") -> list[str]:
        """Returns the value of this parameter in each call, empty if it was missing."""
        queries = [parse_qs(call["query"]) for call in self.calls(operation)]
        return [query.get(name, [""])[0] for query in queries]

    def forget_calls(self) -> None:
        self._http.delete("/_sandbox/log")

    def fails(self, *operations: str) -> None:
        faults = [{"operation": operation, "status": 500} for operation in operations]
        self._http.put("/_sandbox/faults", json=faults).raise_for_status()


def customer_of(thread: dict[str, Any]) -> str:
    parties = thread["authorized_participants"]
    return str(next(one["id"] for one in parties if one["type"] == "CUSTOMER"))


def order_of(thread: dict[str, Any]) -> str:
    return str(thread["entities"][0]["id"])


@pytest.fixture
def storefront(sandbox: "Running") -> Iterator[Storefront]:
    other_side = Storefront(sandbox)
    other_side.forget_calls()
    yield other_side
    other_side.close()


@pytest.fixture
def frida(maison_front: "Marketplace") -> "User":
    """Frida, an agent of Maison Verte's storefront."""
    from django.contrib.auth.models import Group

    from inbox.models import Access, User

    group = Group.objects.create(name="Storefront")
    Access.objects.create(group=group, marketplace=maison_front, role=Access.Role.AGENT)
    person = User.objects.create_user("frida", undo_seconds=0, after_sending="stay")
    person.groups.add(group)
    return person
