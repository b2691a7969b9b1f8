"""Error messages when Mirakl refuses: Mirakl's own text, from any form of answer."""

from typing import Any

import pytest

from inbox.models import Outgoing, Thread, User
from inbox.services.outbox import delivery
from tests.writing import Mirakl, queued

PLAIN = {"Content-Type": "text/plain"}
PROBLEM = {"title": "Bad Request", "detail": "Recipient is not authorized"}
CLOSED = "You are not allowed to write to the customer on a closed order"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            {"status": 403, "body": {"message": CLOSED}},
            f"allow this reply: “{CLOSED}”. Fix the problem or ask your admin,",
        ),
        (
            {"status": 401, "body": {"message": "This key was withdrawn."}},
            "rejected the credentials: “This key was withdrawn”.",
        ),
        (
            {"status": 413, "body": {"message": "20 MB at most"}},
            "“20 MB at most”.",
        ),
        # It may have no file at all.
        (
            {"status": 413, "body": ""},
            "too large for Maison Verte. Discard it and send a shorter one.",
        ),
        (
            {"status": 400, "body": "Message contains forbidden content", "headers": PLAIN},
            "rejected this reply: “Message contains forbidden content”.",
        ),
        (
            {"status": 400, "body": "<e><message>No email addresses</message></e>"},
            "rejected this reply: “No email addresses”.",
        ),
        ({"status": 400, "body": PROBLEM}, "rejected this reply: “Recipient is not authorized”."),
        ({"status": 415, "body": {"error": "Unsupported Media Type"}}, "“Unsupported Media Type”."),
        ({"status": 408, "body": ""}, "rejected this reply without giving a reason (status 408)."),
        ({"status": 400, "body": {"message": {"fr": "non"}}}, "(status 400)."),
        (
            {"status": 302, "body": "", "headers": {"Location": "/login"}},
            "accept this reply. This address shows a login page.",
        ),
    ],
)
def test_its_author_reads_why(
    thread: Thread, alice: User, mirakl: Mirakl, fault: dict[str, Any], words: str
) -> None:
    mirakl.fails("M12", **fault)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert words in reply.error
