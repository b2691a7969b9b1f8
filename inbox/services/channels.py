"""Which threads came over one channel.

Mirakl filters by channel, but its threads do not say theirs: each display of the filter asks M11,
and shows those rows of the mirror.
"""

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import asking, gateway, health
from inbox.services.storing import store_threads

log = logging.getLogger(__name__)

# Somebody works through a list for as long as this.
LAST_SECONDS = 4 * 3600


@dataclass(frozen=True)
class Threads:
    """Mirakl's ids, newest change first; `words` say why there may be more."""

    ids: tuple[str, ...] = ()
    words: str = ""


def threads_on(
    marketplace: Marketplace, code: str, *, silent: Collection[Marketplace] = ()
) -> Threads:
    """Displays a moment apart share an answer, as those of the inbox do.

    One that is `silent` is not asked: the page waited for it already, and says so.
    """
    key = _key(marketplace, code)
    if known := _kept(key):
        return known
    if marketplace in silent:
        return Threads()
    if not health.may_ask(marketplace):
        return Threads(words=health.words_for(marketplace))
    try:
        found = _ask(marketplace, code)
    except mirakl.MiraklError as error:
        health.record_failure(marketplace, error)
        return Threads(words=health.words_for(marketplace))
    health.record_success(marketplace)
    _keep(key, found)
    return found


def last_on(marketplace: Marketplace, code: str) -> Threads:
    """As the list of the channel last showed them: beside one of them nobody is asked again."""
    return _kept(f"{_key(marketplace, code)}:last") or Threads()


def _key(marketplace: Marketplace, code: str) -> str:
    return f"channel:{marketplace.pk}:{code.encode().hex()}"


def _ask(marketplace: Marketplace, code: str) -> Threads:
    ends_at = time.monotonic() + settings.INBOX_PATIENCE_SECONDS
    pages = gateway.client_for(marketplace).iter_threads(
        channel_codes=[code],
        with_messages=True,
        limit=asking.PAGE_SIZE,
        timeout=settings.INBOX_DEADLINE_SECONDS,
    )
    ids: list[str] = []
    for page in pages:
        store_threads(marketplace, page.threads)
        ids += [thread.id for thread in page.threads]
        if page.next_page_token and time.monotonic() > ends_at:
            words = _("Only the %(count)d newest conversations of this channel are listed.")
            return Threads(tuple(ids), words % {"count": len(ids)})
    return Threads(tuple(ids))


def _kept(key: str) -> Threads | None:
    try:
        found: Threads | None = cache.get(key)
    except redis.RedisError:
        log.warning("No cache: a channel is asked for again")
        return None
    return found


def _keep(key: str, found: Threads) -> None:
    try:
        cache.set(key, found, settings.INBOX_FRESH_SECONDS)
        cache.set(f"{key}:last", found, LAST_SECONDS)
    except redis.RedisError:
        log.warning("No cache: an answer about a channel is not shared")
