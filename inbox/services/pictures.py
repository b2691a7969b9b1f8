"""Pictures of products, which OR11 names by their address."""

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import attachments, orders


def stream_picture(marketplace: Marketplace, order_id: str, number: int) -> attachments.Streamed:
    """The picture of the line with this number, from 0. Raises attachments.Unavailable."""
    try:
        order = orders.fetch(marketplace, order_id)
    except mirakl.MiraklError as error:
        raise attachments.Unavailable("", 503) from error
    lines = order.order_lines if order else []
    url = lines[number].picture if number < len(lines) else ""
    if not (path := marketplace.own_path(url)):
        raise attachments.Unavailable("", 404)
    streamed = attachments.stream(
        marketplace, lambda client: client.orders.download_picture(path), inline=True
    )
    if not streamed.headers["Content-Type"].startswith("image/"):
        streamed.chunks.close()
        raise attachments.Unavailable("", 404)
    return streamed
