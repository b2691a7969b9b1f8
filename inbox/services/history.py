"""The past of a newly connected marketplace, one page of M11 at a time."""

from dataclasses import dataclass

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import asking, gateway, health, reading


@dataclass(frozen=True)
class Progress:
    loaded: int
    done: bool
    words: str = ""  # why it does not go on, when it does not


def load_history_step(marketplace: Marketplace) -> Progress:
    """Read one page more; the page that shows the progress asks for each step.

    Two tabs may take the same step: both write the same rows, and one of them moves the token.
    """
    marketplace.refresh_from_db()
    if marketplace.history == Marketplace.History.DONE:
        return _progress(marketplace)
    if not health.may_ask(marketplace):
        return _progress(marketplace, words=health.words_for(marketplace))
    try:
        _take_step(marketplace)
    except mirakl.MiraklError as error:
        health.record_failure(marketplace, error)
        return _progress(marketplace, words=health.words_for(marketplace))
    health.record_success(marketplace)
    return _progress(marketplace)


def _progress(marketplace: Marketplace, words: str = "") -> Progress:
    is_done = marketplace.history == Marketplace.History.DONE
    return Progress(marketplace.history_loaded, done=is_done, words=words)


def _take_step(marketplace: Marketplace) -> None:
    page, is_opening = _read(marketplace)
    if page.next_page_token and page.next_page_token == marketplace.history_token:
        raise mirakl.Garbled("The page token of this very page.", operation="M11")
    change = reading.history_moved(marketplace, page)
    if is_opening and marketplace.high_water_at is None:
        change["high_water_at"] = reading.newest_change(page.threads)
    if not reading.write(marketplace, page, change):
        marketplace.refresh_from_db()


def _read(marketplace: Marketplace) -> tuple[mirakl.ThreadPage, bool]:
    """The next page, or the first: at the beginning, and again when the token has expired."""
    client, codes = gateway.client_for(marketplace), marketplace.channel_codes
    if marketplace.history_token:
        question = asking.Question(page_token=marketplace.history_token)
        try:
            return asking.read_page(client, question, codes), False
        except mirakl.Refused as error:
            if not reading.is_refused_token(error):
                raise
    return asking.read_page(client, asking.Question(), codes), True
