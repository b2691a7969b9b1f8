"""The demo's year: the sandbox's older conversations, and what the team did in them.

A desk that has been connected for a year keeps its rows with the dates of that year. This one reads
all at once and dates its rows back, so that reports have a year to show.
"""

import time
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import F

from inbox.management import demo_work
from inbox.management.commands.demo_data import CONNECTIONS, SELLER
from inbox.models import CannedReply, Marketplace, Message, Outgoing, Thread, User
from inbox.services.insight import resolutions, spans, topic_paces
from inbox.services.locks import lock_marketplace
from inbox.services.mirror.history import load_history_step

# Agents who write replies but don't log in, the slowest one last.
COLLEAGUES = (("ada", "Ada"), ("ben", "Ben"), ("cleo", "Cleo"))
# From quick to slow, by marketplace.
SELLERS_TEAM = ("ada", "agent", "ben", "lead", "cleo")
PATIENCE_SECONDS = 300
STEP = 500


def begin(days: int, now: datetime) -> list[str]:
    """Make everything ready; returns the slugs of the marketplaces whose year can be told."""
    found = Marketplace.objects.filter(slug__in=CONNECTIONS)
    # A day more: the sandbox counts days, and waits begin within them.
    found.update(connected_at=now - timedelta(days=days + 1))
    _hire()
    demo_work.make_tags()
    slugs = set(found.in_inbox().values_list("slug", flat=True))
    return [slug for slug in CONNECTIONS if slug in slugs]


def tell(slug: str, now: datetime) -> None:
    """Read all conversations of a marketplace, then lay the work in them."""
    marketplace = Marketplace.objects.get(slug=slug)
    _read(marketplace)
    _lay(marketplace, now)


def finish() -> None:
    for canned in CannedReply.objects.filter(owner=None):
        CannedReply.objects.filter(pk=canned.pk).update(used=canned.uses.count())
    topic_paces.measure_paces()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _hire() -> None:
    group = Group.objects.get(name="Seller agents")
    for username, first_name in COLLEAGUES:
        names = {"first_name": first_name, "last_name": "Demo"}
        person, _ = User.objects.update_or_create(username=username, defaults=names)
        person.set_unusable_password()
        person.save()
        person.groups.set([group])


def _read(marketplace: Marketplace) -> None:
    """Load the history as the desk does; a display that reads meanwhile does no harm."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (progress := load_history_step(marketplace)).done:
        if progress.words:
            if time.monotonic() > deadline:
                raise TimeoutError(progress.words)
            time.sleep(1)


def _lay(marketplace: Marketplace, now: datetime) -> None:
    """Also rebuilds the spans: their authors and their `is_history` follow from what is laid."""
    Message.objects.filter(marketplace=marketplace).update(seen_at=F("created_at"))
    canned = list(CannedReply.objects.filter(owner=None, marketplace=marketplace).order_by("pk"))
    desk = demo_work.Desk(marketplace, _team(marketplace), demo_work.make_tags(), now, canned)
    found = Thread.objects.filter(marketplace=marketplace).defer("search", "search_text")
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(pks), STEP):
        with transaction.atomic():
            lock_marketplace(marketplace)
            threads = list(found.filter(pk__in=pks[at : at + STEP]))
            demo_work.lay(threads, desk)
            spans.store_spans(marketplace, threads)
            resolutions.store_closings([one.pk for one in threads])
    sent = Outgoing.objects.filter(marketplace=marketplace).exclude(message_id="")
    by_desk = Message.objects.filter(marketplace=marketplace, is_from_desk=False)
    by_desk.filter(mirakl_id__in=sent.values("message_id")).update(is_from_desk=True)


def _team(marketplace: Marketplace) -> list[User]:
    names = SELLERS_TEAM if marketplace.slug in SELLER else ("operator",)
    people = User.objects.in_bulk(names, field_name="username")
    return [people[name] for name in names]
