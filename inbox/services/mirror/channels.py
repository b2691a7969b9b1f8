"""The threads of one channel.

Mirakl filters by channel, but its threads do not name theirs: each display of the filter calls M11
and shows those rows of the mirror.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services.marketplaces import accounts, breaker, clients, shared_answers
from inbox.services.marketplaces.shared_answers import AnswerKey
from inbox.services.mirakl_ids import stored_id
from inbox.services.mirror import fetching
from inbox.services.mirror.upsert import store_threads

# As long as an agent works through a list.
LAST_SECONDS = 4 * 3600


@dataclass(frozen=True)
class FoundIds:
    """Mirakl's ids, newest change first; `is_cut` if there may be more."""

    ids: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class ChannelThreads:
    """Mirakl's ids, newest change first; `words` explain why there may be more."""

    ids: tuple[str, ...] = ()
    words: str = ""


def fetch_channel_threads(
    marketplace: Marketplace, code: str, *, silent: Collection[Marketplace] = ()
) -> ChannelThreads:
    """The channel's threads. Displays a moment apart share an answer, as in the inbox.

    A marketplace in `silent` is not called: the page already waited for it, and says so.
    """
    asked = _question(marketplace, code)
    if marketplace in silent:
        kept = shared_answers.read_answer(asked)
        return _threads((kept and asked.is_settled(kept) and kept.answer) or FoundIds())
    try:
        found = shared_answers.get_shared_answer(
            asked, partial(_ask, marketplace, code), wait=settings.INBOX_DEADLINE_SECONDS
        )
    except mirakl.MiraklError as error:
        words = _("%(name)s can't show these conversations") % {"name": marketplace.name}
        said = breaker.describe_error(error, words) or accounts.explain_missing_answer(marketplace)
        return ChannelThreads(words=said)
    return _threads(found)


def get_last_channel_threads(marketplace: Marketplace, code: str) -> ChannelThreads:
    """The list as last shown, for the page of one of its threads: no call to Mirakl."""
    kept = shared_answers.read_answer(_question(marketplace, code))
    return _threads((kept and kept.answer) or FoundIds())


def _question(marketplace: Marketplace, code: str) -> AnswerKey[FoundIds]:
    return shared_answers.build_key(
        marketplace,
        "channel",
        FoundIds,
        code,
        fresh_for=settings.INBOX_FRESH_SECONDS,
        kept_for=LAST_SECONDS,
    )


def _threads(found: FoundIds) -> ChannelThreads:
    if not found.is_cut:
        return ChannelThreads(found.ids)
    words = _("Only the %(count)d newest conversations of this channel are shown.")
    return ChannelThreads(found.ids, words % {"count": len(found.ids)})


def _ask(marketplace: Marketplace, code: str) -> FoundIds:
    if not breaker.may_call(marketplace):
        raise mirakl.Unavailable("It has failed, and rests.")
    try:
        with breaker.guarded(marketplace, "M11"):
            found = _read(marketplace, code)
    except mirakl.MiraklError as error:
        if not breaker.is_local(error):
            breaker.record_failure(marketplace, error)
        raise
    breaker.record_success(marketplace)
    return found


def _read(marketplace: Marketplace, code: str) -> FoundIds:
    ends_at = time.monotonic() + settings.INBOX_PATIENCE_SECONDS
    pages = clients.build_client(marketplace).iter_threads(
        channel_codes=[code],
        with_messages=True,
        limit=fetching.PAGE_SIZE,
        timeout=settings.INBOX_DEADLINE_SECONDS,
    )
    ids: list[str] = []
    for page in pages:
        store_threads(marketplace, page.threads)
        ids += [stored_id(thread.id) for thread in page.threads]
        if page.next_page_token and time.monotonic() > ends_at:
            return FoundIds(tuple(ids), is_cut=True)
    return FoundIds(tuple(ids))
