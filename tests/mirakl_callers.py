"""HTTP clients of the sandbox, one for each credential: they share no code with the desk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 60.0


@dataclass(frozen=True)
class Caller:
    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        with httpx.Client(base_url=self.url, headers=self.headers, verify=False) as client:  # noqa: S501
            return client.request(method, path, timeout=PATIENCE, **more)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.request("GET", path, params=params)

    def ask(self, path: str, **params: Any) -> Any:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(
        self,
        path: str,
        part: str,
        data: object,
        files: Sequence[tuple[str, bytes]] = (),
        **params: Any,
    ) -> httpx.Response:
        """Sends multipart in the format of Mirakl's documents."""
        parts: list[tuple[str, Any]] = [(part, (None, json.dumps(data), "application/json"))]
        parts += [("files", (name, content)) for name, content in files]
        return self.request("POST", path, files=parts, params=params)

    def reply(
        self,
        thread_id: str,
        to: str | list[Any],
        files: Sequence[tuple[str, bytes]] = (),
        body: str = "A demo reply",
    ) -> httpx.Response:
        recipients = [{"type": to}] if isinstance(to, str) else to
        data = {"body": body, "to": recipients}
        return self.send(f"/api/inbox/threads/{thread_id}/message", "message_input", data, files)

    def threads(self, **params: Any) -> list[Any]:
        found: list[Any] = self.ask("/api/inbox/threads", **params)["data"]
        return found

    def thread(self, thread_id: str, **params: Any) -> Any:
        return self.ask(f"/api/inbox/threads/{thread_id}", **params)


def seller(url: str, key: str = "sandbox-shop-maison") -> Caller:
    return Caller(url, {"Authorization": key})


def operator(url: str, client_id: str = "sandbox-operator-maison") -> Caller:
    return Caller(url, {"Authorization": f"Bearer {token(url, client_id)}"})


def front(url: str, key: str = "sandbox-front-maison") -> Caller:
    return Caller(url, {"Authorization": f"Bearer {key}"})


def token(url: str, client_id: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": "sandbox-secret",
    }
    answer = Caller(url).request("POST", "/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    granted: str = answer.json()["access_token"]
    return granted


def control(url: str) -> Caller:
    return Caller(url)


def an_order_thread(caller: Caller) -> Any:
    """Returns an order thread in which every party can be a recipient."""
    return next(
        thread
        for thread in caller.threads(entity_type="MMP_ORDER", limit=100)
        if len(thread["authorized_participants"]) == 3
    )


def write_as_customer(caller: Caller, **data: Any) -> Any:
    data = {"marketplace": "maison-verte", "body": "A demo question", **data}
    answer = caller.request("POST", "/_sandbox/customer-message", json=data)
    assert answer.status_code == 201, answer.text
    return answer.json()
