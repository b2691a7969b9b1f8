"""Shared by tests of writing: a thread at Mirakl, a reply to it, and Mirakl's side."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

if TYPE_CHECKING:
    from inbox.models import Marketplace, Outgoing, Thread, User
    from inbox.sandbox.server import Running
    from inbox.services.outbox.new_outgoing import NewOutgoing

PATIENCE_SECONDS = 60


class Mirakl:
    """Maison Verte at the sandbox, without code of the desk."""

    def __init__(self, sandbox: "Running") -> None:
        self._http = httpx.Client(
            base_url=sandbox.url,
            headers={"Authorization": "sandbox-shop-maison"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def fails(self, *operations: str, **fault: Any) -> None:
        """Sets a fault from now on, or `times` times."""
        faults = [{"operation": operation, **fault} for operation in operations]
        self._http.put("/_sandbox/faults", json=faults)

    def recovers(self) -> None:
        self._http.delete("/_sandbox/faults")

    def calls(self, operation: str) -> list[dict[str, Any]]:
        log = self._http.get("/_sandbox/log").json()
        return [entry for entry in log if entry["operation"] == operation]

    def threads(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get("/api/inbox/threads", params=query).json()[
            "data"
        ]
        return found

    def messages(self, thread_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get(f"/api/inbox/threads/{thread_id}").json()[
            "messages"
        ]
        return found

    def bodies(self, thread_id: str) -> list[str]:
        return [message["body"] for message in self.messages(thread_id)]

    def service_order(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get("/api/mms/orders").json()["data"][0]
        return found

    def old_messages(self, order_id: str) -> list[dict[str, Any]]:
        """Returns order messages, newest first."""
        answer = self._http.get(f"/api/orders/{order_id}/messages")
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def documents(self, order_id: str) -> list[dict[str, Any]]:
        answer = self._http.get("/api/orders/documents", params={"order_ids": order_id})
        found: list[dict[str, Any]] = answer.json()["order_documents"]
        return found

    def download(self, attachment_id: str) -> bytes:
        return self._http.get(f"/api/inbox/threads/{attachment_id}/download").content

    def customer_writes(self, thread_id: str, body: str) -> None:
        wanted = {"marketplace": "maison-verte", "thread_id": thread_id, "body": body}
        self._http.post("/_sandbox/customer-message", json=wanted).raise_for_status()

    def write(self, thread_id: str, body: str, *files: tuple[str, bytes]) -> str:
        """Posts as a person of the shop in the marketplace's back office."""
        wanted = json.dumps({"body": body, "to": [{"type": "CUSTOMER"}]})
        parts: list[Any] = [("message_input", (None, wanted))]
        parts += [("files", one) for one in files]
        answer = self._http.post(f"/api/inbox/threads/{thread_id}/message", files=parts)
        message_id: str = answer.raise_for_status().json()["message_id"]
        return message_id


def date_back(sandbox: "Running", thread_id: str) -> None:
    """Dates the newest message before the one below it."""
    messages = sandbox.sandbox.state.world.marketplaces["maison-verte"].threads[thread_id].messages
    before = messages[-2].sent_at - timedelta(milliseconds=100)
    messages[-1] = replace(messages[-1], sent_at=before)


@pytest.fixture
def mirakl(sandbox: "Running", monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirakl]:
    """The sandbox, and a desk without waits and connections of other tests."""
    from inbox.mirakl import transport
    from inbox.services.marketplaces import daily_answers

    desks_end = transport.Transport()
    monkeypatch.setattr(transport, "_shared", desks_end)
    # A busy machine must not look like a slow marketplace.
    monkeypatch.setattr(daily_answers, "WAIT_SECONDS", 20)
    other_side = Mirakl(sandbox)
    yield other_side
    other_side.close()
    desks_end.close()


@pytest.fixture
def thread(maison: "Marketplace", mirakl: Mirakl) -> "Thread":
    """An order's thread that the shop has answered, as a display would mirror it."""
    from inbox.models import Thread

    found = next(
        one
        for one in mirakl.threads(entity_type="MMP_ORDER", with_messages="true")
        if any(party["type"] == "CUSTOMER" for party in one["authorized_participants"])
        and any(message["from"]["type"] == "SHOP_USER" for message in one["messages"])
    )
    return Thread.objects.create(
        marketplace=maison,
        mirakl_id=found["id"],
        entity_type="MMP_ORDER",
        entity_id=found["entities"][0]["id"],
        last_message_at=timezone.now(),
    )


def queued(thread: "Thread", by: "User", /, **changes: Any) -> "Outgoing":
    """`changes` are fields of Destination and NewOutgoing, and what `queue.add` may be told."""
    from inbox.services.outbox import queue

    options = {name: changes.pop(name) for name in ("replaces", "undo_seconds") if name in changes}
    reply, _created = queue.add(new_outgoing(thread, **changes), by=by, **options)
    return reply


def new_outgoing(thread: "Thread", /, **changes: Any) -> "NewOutgoing":
    from inbox.models import Destination, Participant
    from inbox.services.outbox.new_outgoing import NewOutgoing

    destination = Destination(
        changes.pop("marketplace", thread.marketplace),
        changes.pop("kind", "reply"),
        changes.pop("thread", thread),
        changes.pop("subject_id", ""),
    )
    wanted: dict[str, Any] = {
        "token": uuid.uuid4(),
        "body": "It left this morning.",
        "recipients": [Participant("CUSTOMER", display_name="Camille Démo")],
    }
    return NewOutgoing(destination=destination, **(wanted | changes))


def queued_thread(thread: "Thread", by: "User", **changes: Any) -> "Outgoing":
    """Queues a new conversation on the same order."""
    about = {"topic_type": "FREE_TEXT", "topic_value": "Your lamp"}
    new = {"thread": None, "subject_id": thread.entity_id, "kind": "order_thread"}
    return queued(thread, by, **(about | new | changes))


def file(name: str = "lamp.png", content: bytes = b"a small picture") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def change(reply: "Outgoing", **fields: Any) -> None:
    """Changes a row directly, as another process does; a state comes with what it needs."""
    needs = needs_of(fields["state"]) if "state" in fields else {}
    type(reply).objects.filter(pk=reply.pk).update(**needs | fields)


def needs_of(state: str) -> dict[str, Any]:
    if state in {"sent", "failed", "discarded"}:
        return {"settled_at": Coalesce("settled_at", Now())}
    if state == "queued":
        return {"settled_at": None}
    return {
        "settled_at": None,
        "lease_until": Coalesce("lease_until", Now()),
        "sending_at": Coalesce("sending_at", Now()),
        "attempts": Greatest("attempts", 1),
    }


def later(reply: "Outgoing", **by: float) -> None:
    """Moves all times of this reply into the past."""
    span = timedelta(**by)
    reply.refresh_from_db()
    names = ["queued_at", "deliver_after", "lease_until", "looked_at", "missing_since"]
    names += ["asked_at", "settled_at"]
    moments = {name: getattr(reply, name) for name in names}
    change(reply, **{name: moment - span for name, moment in moments.items() if moment})
    reply.refresh_from_db()


def eventually(condition: Callable[[], object]) -> None:
    """Waits for another process or thread."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def staged_names() -> set[str]:
    from django.core.files.storage import default_storage

    from inbox.models.outgoing import STAGED_IN

    return (
        set(default_storage.listdir(STAGED_IN)[1]) if default_storage.exists(STAGED_IN) else set()
    )


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is away: nothing listens at its address."""
    broker_at("redis://127.0.0.1:1/0", monkeypatch)


def broker_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdesk.celery import app

    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", url)
    # Both are created from the URL at first use, and kept.
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
