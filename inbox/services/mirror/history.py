"""Load the history of a newly connected marketplace, one page of M11 at a time."""

from dataclasses import dataclass

from django.db import transaction

from inbox import mirakl
from inbox.models import Marketplace, MirrorState
from inbox.services import database_clock
from inbox.services.marketplaces import breaker, clients
from inbox.services.mirror import delta, fetching
from inbox.services.mirror.upsert import store_threads


@dataclass(frozen=True)
class Progress:
    loaded: int
    done: bool
    words: str = ""  # why loading stopped, if it did


def load_history_step(marketplace: Marketplace) -> Progress:
    """Read one more page; the page that shows the progress requests each step.

    Two tabs may take the same step: both write the same rows, and one of them moves the token.
    """
    marketplace.mirror.refresh_from_db()
    if marketplace.mirror.history == MirrorState.History.DONE:
        return _progress(marketplace)
    if not breaker.may_call(marketplace):
        return _progress(marketplace, words=breaker.describe_failure(marketplace))
    try:
        with breaker.guarded(marketplace, "M11"):
            _take_step(marketplace)
    except mirakl.MiraklError as error:
        if isinstance(error, mirakl.Oversized) and fetching.reduce_page_limit(marketplace):
            # The next step starts over: the page token would repeat the same answer.
            marketplace.mirror.write({"history_token": ""})
            return _progress(marketplace)
        breaker.record_failure(marketplace, error)
        return _progress(marketplace, words=breaker.describe_failure(marketplace))
    breaker.record_success(marketplace)
    return _progress(marketplace)


def _progress(marketplace: Marketplace, words: str = "") -> Progress:
    state = marketplace.mirror
    is_done = state.history == MirrorState.History.DONE
    return Progress(state.history_loaded, done=is_done, words=words)


def _take_step(marketplace: Marketplace) -> None:
    page, is_opening = _read(marketplace)
    change = delta.advance_history(marketplace.mirror, page) | delta.count_without_id(
        marketplace, page
    )
    if is_opening and marketplace.mirror.high_water_at is None:
        change["high_water_at"] = delta.find_newest_change(page.threads, now=database_clock.now())
    with transaction.atomic():
        is_news = store_threads(marketplace, page.threads)
        known = 0 if is_opening else marketplace.mirror.history_idle
        idle = delta.count_idle(known, page, is_news=is_news)
        goes_round = _goes_round(marketplace, page, idle)
        # Start over: the marketplace may answer correctly by then.
        change |= {"history_token": "", "history_idle": 0} if goes_round else {"history_idle": idle}
        if not delta.move_marks(marketplace, change):
            marketplace.mirror.refresh_from_db()
    if goes_round:
        raise mirakl.Garbled(delta.NOWHERE, operation="M11")


def _goes_round(marketplace: Marketplace, page: mirakl.ThreadPage, idle: int) -> bool:
    if not page.next_page_token:
        return False
    stands_still = page.next_page_token == marketplace.mirror.history_token
    is_too_long = len(page.next_page_token) > delta.LONGEST_TOKEN
    return is_too_long or stands_still or delta.is_endless(marketplace, idle)


def _read(marketplace: Marketplace) -> tuple[mirakl.ThreadPage, bool]:
    """The next page, or the first one: at the beginning, and if the token has expired."""
    client, codes = clients.build_client(marketplace), marketplace.channel_codes
    if marketplace.mirror.history_token:
        request = fetching.PageRequest(page_token=marketplace.mirror.history_token)
        try:
            return fetching.fetch_page(client, request, codes), False
        except mirakl.Refused as error:
            if not delta.is_refused_token(error):
                raise
    request = fetching.PageRequest(limit=fetching.get_page_limit(marketplace))
    return fetching.fetch_page(client, request, codes), True
