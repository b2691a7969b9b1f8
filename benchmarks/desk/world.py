"""Made-up conversations: the stub of Mirakl answers what `laying` has written as rows.

Conversation `n` of marketplace `m` is the newest for n = 0. All its values follow from the two
numbers; `laying` repeats the formulas in SQL.
"""

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

PER_THREAD = 6
SPACING = timedelta(minutes=3)  # between the newest messages of two conversations
MARKETPLACE_SPACING = timedelta(seconds=7)
MESSAGE_SPACING = timedelta(hours=3)
WAITING_OF_1000 = 30
BODIES, NAMES = 20_000, 4_000
WORDS_PER_BODY = 30
VOCABULARY = 20_000
SHOP = {"type": "SHOP", "id": "2001", "display_name": "Atelier Demo"}
OPERATOR = {"type": "OPERATOR", "display_name": "Marketplace"}
TOPICS = [str(code) for code in range(20, 27)]
# The most frequent words. Word n of the vocabulary is drawn 1/n times as often as the first.
COMMON_WORDS = """
    the order and my for not have you to please is in of it with was me this on delivery
    received hello thank package when would like parcel still been has tracking item money
    refund days product arrived return week broken colour invoice address cancel wrong size
    missing box number late help answer shop customer service question carrier photo damaged
    shipping label exchange warranty lamp chair table sofa shelf mirror carpet curtain bed
    mattress drawer cabinet screws manual assembly scratch leather cotton wool steel oak walnut
    glass marble brass velvet linen bonjour commande livraison merci colis remboursement facture
    adresse annuler retour
"""
COMMON = COMMON_WORDS.split()


@cache
def vocabulary() -> list[str]:
    rnd = random.Random(1)
    syllables = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
    made_up = {"".join(rnd.choices(syllables, k=4)) for _ in range(VOCABULARY)}
    return [*COMMON, *sorted(made_up)]


@cache
def bodies() -> list[str]:
    """The texts of messages, in lower-case words."""
    rnd, known = random.Random(2), vocabulary()
    # floor(N ** random) falls on n with a chance of about 1/n.
    picks = (
        (int(len(known) ** rnd.random()) for _ in range(WORDS_PER_BODY)) for _ in range(BODIES)
    )
    return [" ".join(known[pick - 1] for pick in one) for one in picks]


@cache
def names() -> list[str]:
    """The customers of a marketplace."""
    rnd, known = random.Random(3), vocabulary()[len(COMMON) :]
    return [
        f"{first.title()} {last.title()}"
        for first, last in (rnd.sample(known, 2) for _ in range(NAMES))
    ]


def thread_id(m: int, n: int) -> str:
    return f"{m:08d}-0000-4000-8000-{n:012d}"


def numbers_of(thread_id: str) -> tuple[int, int]:
    return int(thread_id[:8]), int(thread_id[-12:])


def pick_of(m: int, n: int) -> int:
    """From 0 to 999: decides the state of a conversation."""
    return (n * 7919 + m * 104_729) % 1000


def thread(m: int, n: int, newest_at: datetime, count: int = PER_THREAD) -> dict[str, Any]:
    """M10's answer."""
    at = newest_at - n * SPACING - m * MARKETPLACE_SPACING
    who = {"type": "CUSTOMER", "id": f"C-{m}-{n % NAMES}", "display_name": names()[n % NAMES]}
    pick = pick_of(m, n)
    order = f"MP{m:02d}-{n:07d}-A"
    messages = [_message(m, n, k, at, who, count) for k in range(count)]
    return {
        "id": thread_id(m, n),
        "topic": {"type": "REASON_CODE", "value": TOPICS[n % len(TOPICS)]},
        "entities": [{"type": "MMP_ORDER", "id": order, "label": order}],
        "authorized_participants": [who, OPERATOR, SHOP],
        "current_participants": [who, SHOP, *([OPERATOR] if 100 <= pick < 150 else [])],
        "date_created": messages[0]["date_created"],
        "date_updated": iso(at),
        "metadata": {
            "total_count": count,
            "last_message_date": iso(at),
            "last_sender": messages[-1]["from"],
            "shop_reply_needed_since": iso(at) if pick < WAITING_OF_1000 else None,
        },
        "messages": messages,
    }


def _message(
    m: int, n: int, k: int, at: datetime, who: dict[str, str], count: int
) -> dict[str, Any]:
    is_last_sides = (count - 1 - k) % 2 == 0
    is_theirs = is_last_sides == (pick_of(m, n) < WAITING_OF_1000)
    sender, recipient = (who, SHOP) if is_theirs else (SHOP, who)
    message = written(
        f"{m:08d}-{k:04d}-4000-9000-{n:012d}",
        bodies()[(n * 7919 + k * 104_729 + m * 31) % BODIES],
        sender,
        recipient,
        at - (count - 1 - k) * MESSAGE_SPACING,
    )
    if (n + k) % 31 == 0:
        file = {"id": f"{m:08d}-{k:04d}-4000-a000-{n:012d}", "name": "photo.jpg", "size": 482_113}
        message["attachments"] = [file]
    return message


def written(
    id: str, body: str, sender: dict[str, str], recipient: dict[str, str], at: datetime
) -> dict[str, Any]:
    user = {"type": f"{sender['type']}_USER", "display_name": sender["display_name"]}
    if sender is SHOP:
        user["organization_details"] = SHOP  # type: ignore[assignment]
    return {"id": id, "body": body, "date_created": iso(at), "from": user, "to": [recipient]}


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
