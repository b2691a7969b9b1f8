"""The plan of a chaos run, drawn from one seed: the forms to post and the disruptions."""

import random
import re
from dataclasses import dataclass
from typing import Any

import httpx

KEYS = {
    "maison-verte": "sandbox-shop-maison",
    "nordhaus": "sandbox-shop-nordhaus",
    "bright-street": "sandbox-shop-bright",
}
# A marketplace without threads: messages are order messages (OR42).
WITHOUT_THREADS = "bright-street"
KINDS = {
    "reply": 60,
    "order_thread": 12,
    "operator_thread": 5,
    "service_order": 4,
    "service": 4,
    "document": 8,
    "order_message": 7,
}
SMALL, LARGE = 3_000, 1_300_000
# Replies per thread: agents collide, yet no thread exceeds Mirakl's number of files.
THREADS_FOR = 12
DISRUPTIONS = {
    "kill one web worker": 5,
    "kill the web": 2,
    "kill a worker": 5,
    "restart Redis": 1,
    "restart Redis empty": 1,
    "empty Redis": 2,
    "restart PostgreSQL": 2,
    "stop listening": 2,
}


# Identifies a message or document on both sides, after any alteration by a marketplace.
MARK = re.compile(r"Chaos [a-z]+|chaos-\d+-\d+\.pdf")
# Changes that the sandbox makes to texts before it stores them.
ALTERATIONS = ["mask", "emoji", "wrap", "footer", None]


def mark_of(text: str) -> str:
    found = MARK.search(text)
    return found.group() if found else text


def word(number: int) -> str:
    """Returns the number in characters that no marketplace masks."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@dataclass(frozen=True)
class File:
    name: str
    size: int

    @property
    def content(self) -> bytes:
        """Random bytes that depend on the name alone."""
        return random.Random(self.name).randbytes(self.size)


@dataclass(frozen=True)
class Job:
    """One form to fill in and post."""

    number: int
    kind: str
    marketplace: str
    path: str  # the page with the form
    text: str  # the body, or the file name of a document
    files: tuple[File, ...] = ()
    posts: int = 1  # how often the form is posted at once


@dataclass(frozen=True)
class Targets:
    threads: list[str]
    orders: list[str]
    service_orders: list[str]
    services: list[str]


def jobs(count: int, seed: int, targets: dict[str, Targets]) -> list[Job]:
    """Some jobs are twins: the same text to the same recipients."""
    chance = random.Random(seed)
    planned: list[Job] = []
    while len(planned) < count:
        job = _job(len(planned), chance, targets)
        planned.append(job)
        if job.kind == "reply" and not job.files and chance.random() < 0.1:
            planned.append(Job(**(vars(job) | {"number": len(planned)})))
    return planned[:count]


def _job(number: int, chance: random.Random, targets: dict[str, Targets]) -> Job:
    (kind,) = chance.choices(list(KINDS), weights=list(KINDS.values()))
    marketplace = WITHOUT_THREADS
    if kind != "order_message":
        marketplace = chance.choice([slug for slug in KEYS if slug != WITHOUT_THREADS])
    text = f"Chaos {word(number)}: your lamp & its <shade> left. Call 01 23 45 67 89 👋"
    files = _files(number, kind, chance)
    if kind == "document":
        text = files[0].name
    return Job(
        number=number,
        kind=kind,
        marketplace=marketplace,
        path=_path(kind, marketplace, chance, targets[marketplace]),
        text=text,
        files=files,
        posts=chance.choice([1, 1, 1, 1, 2, 3]),
    )


def _files(number: int, kind: str, chance: random.Random) -> tuple[File, ...]:
    if kind == "order_message" or (kind != "document" and chance.random() < 0.75):
        return ()
    size = chance.choice([SMALL, SMALL, LARGE])
    count = 1 if kind == "document" else chance.choice([1, 1, 2])
    return tuple(File(f"chaos-{number:05}-{index}.pdf", size + index) for index in range(count))


def _path(kind: str, slug: str, chance: random.Random, targets: Targets) -> str:
    match kind:
        case "reply":
            return f"/threads/{slug}/{chance.choice(targets.threads)}/"
        case "operator_thread":
            return f"/marketplaces/{slug}/threads/new/"
        case "service_order":
            return f"/service-orders/{slug}/{chance.choice(targets.service_orders)}/threads/new/"
        case "service":
            return f"/services/{slug}/{chance.choice(targets.services)}/threads/new/"
    order = chance.choice(targets.orders)
    ending = {"order_thread": "threads", "document": "documents", "order_message": "messages"}
    return f"/orders/{slug}/{order}/{ending[kind]}/new/"


def targets_at(url: str, count: int) -> dict[str, Targets]:
    return {slug: _targets(url, key, count) for slug, key in KEYS.items()}


def _targets(url: str, key: str, count: int) -> Targets:
    with httpx.Client(base_url=url, headers={"Authorization": key}, trust_env=False) as http:

        def ask(path: str, **params: Any) -> list[Any]:
            rows: list[Any] = http.get(path, params=params).json()["data"]
            return rows

        threads = ask("/api/inbox/threads", entity_type="MMP_ORDER", limit=100)
        written_to = [one for one in threads if len(one["authorized_participants"]) == 3]
        some = written_to[: max(3, count // THREADS_FOR)]
        service_orders = ask("/api/mms/orders", limit=10)
    return Targets(
        threads=[one["id"] for one in some],
        orders=[one["entities"][0]["id"] for one in some],
        service_orders=[one["id"] for one in service_orders],
        services=[one["service"]["code"] for one in service_orders],
    )
