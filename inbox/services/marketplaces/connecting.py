"""Saves a marketplace with its credentials, and what follows from a change of its rules."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from inbox.models import Marketplace
from inbox.models.calendar_version import CALENDAR
from inbox.services import reply_clock
from inbox.services.insight import spans
from inbox.services.marketplaces import clients
from inbox.services.marketplaces.sealing import Secret

MOVES_DEADLINES = {"reply_limit_hours", *CALENDAR}
NO_SECRET: Secret = {}
LONGEST_SLUG = 50


@transaction.atomic
def save_connection(
    marketplace: Marketplace, *, changed: Collection[str], secret: Secret = NO_SECRET
) -> None:
    """`changed` are the fields that differ from the stored row; `secret` is empty to keep it."""
    is_new = marketplace.pk is None
    marketplace.save()
    if not is_new and not MOVES_DEADLINES.isdisjoint(changed):
        spans.reset_deadlines(marketplace)
    if not is_new and "counts_operator" in changed:
        reply_clock.read_clocks_again(marketplace)
    if secret:
        clients.set_credential(marketplace, **secret)


def begin_connection(marketplace: Marketplace) -> None:
    """Store a new marketplace, switched off until its set-up is finished.

    Its short name comes from its name, and its colour is the one that fewest others have.
    """
    marketplace.slug = _find_free_slug(marketplace.name)
    marketplace.colour = _find_rarest_colour()
    marketplace.is_active, marketplace.connected_at = False, None
    save_connection(marketplace, changed=())


def is_unfinished(marketplace: Marketplace) -> bool:
    """Whether its set-up was begun, and it was never switched on."""
    was_read = marketplace.connected_at or marketplace.mirror.high_water_at
    return not (marketplace.is_active or was_read)


def switch(marketplace: Marketplace, *, is_active: bool) -> None:
    """Switched off, it is neither shown nor called; all that is stored stays."""
    if is_active and is_unfinished(marketplace):
        marketplace.connected_at = timezone.now()
    marketplace.is_active = is_active
    marketplace.save(update_fields=["is_active", "connected_at"])


def _find_free_slug(name: str) -> str:
    begin = slugify(name)[: LONGEST_SLUG - 4] or "marketplace"
    taken = set(Marketplace.objects.filter(slug__startswith=begin).values_list("slug", flat=True))
    taken.add("new")  # the address of the form itself
    numbered = (f"{begin}-{number}" for number in range(2, len(taken) + 2))
    return next(slug for slug in (begin, *numbered) if slug not in taken)


def _find_rarest_colour() -> str:
    used = list(Marketplace.objects.values_list("colour", flat=True))
    return min(Marketplace.Colour.values, key=used.count)
