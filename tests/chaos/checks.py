"""Compares the messages of the marketplaces with the desk's rows, without any code of the desk."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.environment import Environment
from tests.chaos.plan import KEYS, Job, mark_of

Key = tuple[str, str]  # marketplace, and the text or the document's name
ROWS = """
    SELECT m.slug, r.token::text, r.kind, r.state, r.body, r.error, r.message_id,
           r.absent_at IS NOT NULL AS is_absent, r.asked_at IS NOT NULL AS is_asked, r.attempts,
           coalesce(json_agg(json_build_array(f.name, f.size, f.file) ORDER BY f.id)
                    FILTER (WHERE f.id IS NOT NULL), '[]') AS files
    FROM inbox_outgoing r
    JOIN inbox_marketplace m ON m.id = r.marketplace_id
    LEFT JOIN inbox_outgoingfile f ON f.outgoing_id = r.id
    GROUP BY m.slug, r.id ORDER BY r.id
"""
QUESTIONS = """
    SELECT r.token::text, c.id, c.body AS theirs, coalesce(f.name, r.body) AS ours
    FROM inbox_candidate c
    JOIN inbox_outgoing r ON r.id = c.outgoing_id
    LEFT JOIN inbox_outgoingfile f ON f.id = c.file_id
    WHERE c.verdict = 'undecided' AND r.state = 'unconfirmed' ORDER BY c.id
"""
# Replies that a person can send again, and replies that a person compares. All others are settled.
TO_BE_SENT = ("failed", "absent")
WAITS_FOR_A_PERSON = (*TO_BE_SENT, "asked")


@dataclass
class Findings:
    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)  # called absent, but there
    stuck: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.duplicated or self.denied or self.stuck or self.damaged)


def state_of(row: dict[str, Any]) -> str:
    if row["state"] != "unconfirmed":
        return str(row["state"])
    if row["is_asked"]:
        return "asked"
    return "absent" if row["is_absent"] else "unconfirmed"


def unsettled(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    done = {"sent", "discarded", *WAITS_FOR_A_PERSON}
    return [row for row in rows if state_of(row) not in done]


def check_replies(environment: Environment, written: dict[str, Job]) -> Findings:
    """`written` holds the jobs whose forms the desk has accepted, by token."""
    rows = environment.rows(ROWS)
    stored = stored_messages(environment.sandbox_url, written.values())
    findings = Findings(states=Counter(map(state_of, rows)))
    findings.stuck = [describe(row) for row in unsettled(rows)]
    known = {row["token"] for row in rows}
    findings.lost = [f"no row: {job}" for token, job in written.items() if token not in known]
    for key, twins in by_key(rows).items():
        compare(findings, twins, stored.get(key, []))
    uploads = environment.home / "uploads"
    for row in rows:
        check_text_and_files(findings, row, written, uploads)
    return findings


def by_key(rows: Iterable[dict[str, Any]]) -> dict[Key, list[dict[str, Any]]]:
    keys: dict[Key, list[dict[str, Any]]] = {}
    for row in rows:
        text = row["files"][0][0] if row["kind"] == "document" else row["body"]
        keys.setdefault((row["slug"], mark_of(text)), []).append(row)
    return keys


def compare(findings: Findings, twins: list[dict[str, Any]], stored: list[dict[str, Any]]) -> None:
    """Each sent reply is stored once. A reply that a person compares may be stored too."""
    sent = [row for row in twins if row["state"] == "sent"]
    asked = [row for row in twins if state_of(row) == "asked"]
    described = [describe(row) for row in twins]
    if len(stored) < len(sent):
        findings.lost.append(f"{len(stored)} stored: {described}")
    if len(stored) > len(sent) + len(asked):
        is_denied = any(state_of(row) == "absent" for row in twins)
        too_many = findings.denied if is_denied else findings.duplicated
        too_many.append(f"{len(stored)} stored: {described}")
    ids = {one["id"] for one in stored}
    named = [row["message_id"] for row in sent if row["message_id"]]
    if not ids.issuperset(named) or len(set(named)) < len(named):
        findings.lost.append(f"another's message: {described}")


def check_text_and_files(
    findings: Findings, row: dict[str, Any], written: dict[str, Job], uploads: Path
) -> None:
    job = written.get(row["token"])
    if job is None or row["state"] == "discarded":
        # The files of an undone reply belong to its draft.
        return
    wanted = [(one.name, one.size) for one in job.files]
    is_whole = [(name, size) for name, size, _ in row["files"]] == wanted
    is_whole = is_whole and row["body"] == ("" if job.kind == "document" else job.text)
    if state_of(row) in WAITS_FOR_A_PERSON:
        # A document that has arrived is not sent again with the others.
        here = [uploads / path for _, _, path in row["files"] if path]
        is_whole = is_whole and bool(row["error"]) and len(here) == len(wanted)
        is_whole = is_whole and all(
            path.read_bytes() == one.content for path, one in zip(here, job.files, strict=True)
        )
    if not is_whole:
        findings.damaged.append(describe(row))


def describe(row: dict[str, Any]) -> str:
    names = ("slug", "kind", "state", "attempts", "error", "token")
    return ", ".join([str(row[name]) for name in names])


# -- the marketplaces -------------------------------------------------------


def stored_messages(url: str, jobs: Collection[Job]) -> dict[Key, list[dict[str, Any]]]:
    """Returns all thread messages, order messages and documents, each as often as it is stored."""
    stored: dict[Key, list[dict[str, Any]]] = {}
    for slug, key in KEYS.items():
        with httpx.Client(base_url=url, headers={"Authorization": key}, trust_env=False) as http:
            orders = {order_of(job) for job in jobs if job.marketplace == slug} - {""}
            for one in [*messages(http), *order_messages(http, orders), *documents(http, orders)]:
                stored.setdefault((slug, mark_of(one["text"])), []).append(one)
    return stored


def order_of(job: Job) -> str:
    return job.path.split("/")[3] if job.path.startswith("/orders/") else ""


def messages(http: httpx.Client) -> Iterable[dict[str, Any]]:
    params: dict[str, Any] = {"limit": 100}
    while True:
        page = http.get("/api/inbox/threads", params=params).json()
        for thread in page["data"]:
            for one in http.get(f"/api/inbox/threads/{thread['id']}").json()["messages"]:
                yield {"id": one["id"], "text": unescape(one["body"]), **one}
        if not (token := page.get("next_page_token")):
            return
        params = {"page_token": token}


def order_messages(http: httpx.Client, orders: Iterable[str]) -> Iterable[dict[str, Any]]:
    for order in orders:
        params = {"paginate": "false"}
        for one in http.get(f"/api/orders/{order}/messages", params=params).json()["messages"]:
            yield {"id": str(one["id"]), "text": unescape(one["body"])}


def documents(http: httpx.Client, orders: Iterable[str]) -> Iterable[dict[str, Any]]:
    for order in orders:
        answer = http.get("/api/orders/documents", params={"order_ids": order})
        for one in answer.json()["order_documents"]:
            yield {"id": str(one["id"]), "text": one["file_name"]}
