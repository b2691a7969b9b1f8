"""An order as Mirakl tells it (OR11), with its documents (OR72), for the page that shows it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import attachments, gateway

PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Panel:
    """`order` is None where it cannot be shown, and `words` say why."""

    order: mirakl.Order | None = None
    documents: list[mirakl.Document] = field(default_factory=list)
    words: str = ""
    documents_words: str = ""


def panel(marketplace: Marketplace, order_id: str) -> Panel:
    """One OR11, and one OR72 where the key may ask it. What fails says so, and fails alone."""
    try:
        client = gateway.client_for(marketplace)
        orders = client.orders([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError as error:
        return Panel(words=words_for(error, marketplace))
    if not orders:
        return Panel(words=_("%(name)s does not know this order.") % {"name": marketplace.name})
    try:
        documents = client.order_documents([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError as error:
        return Panel(orders[0], documents_words=words_for(error, marketplace))
    return Panel(orders[0], documents)


def stream_document(marketplace: Marketplace, document_id: int) -> attachments.Streamed:
    """A document of an order (OR73), to be saved. Raises attachments.Unavailable."""
    return attachments.stream(
        marketplace, lambda client: client.download_documents(document_ids=[document_id])
    )


def words_for(error: mirakl.MiraklError, marketplace: Marketplace) -> str:
    """Why a part of a page cannot be shown, and what to do about it."""
    match error:
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s does not show this to our key. Ask an admin.")
        case mirakl.RateLimited():
            words = _("%(name)s asks us to wait a little. Try again in a minute.")
        case _:
            words = _("%(name)s did not answer. Try again in a minute.")
    return words % {"name": marketplace.name}
