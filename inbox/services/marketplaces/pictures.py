"""Pictures of products, whose addresses come from OR11."""

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services.marketplaces import downloads, orders


def stream_picture(marketplace: Marketplace, order_id: str, number: int) -> downloads.Streamed:
    """The picture of the line with this number, from 0. Raises downloads.Unavailable."""
    try:
        order = orders.fetch_order(marketplace, order_id)
    except mirakl.MiraklError as error:
        raise downloads.Unavailable("", 503) from error
    lines = order.order_lines if order else []
    url = lines[number].picture if number < len(lines) else ""
    if not (path := marketplace.own_path(url)):
        raise downloads.Unavailable("", 404)
    streamed = downloads.stream(
        marketplace, lambda client: client.orders.download_picture(path), inline=True
    )
    if not streamed.headers["Content-Type"].startswith("image/"):
        streamed.chunks.close()
        raise downloads.Unavailable("", 404)
    return streamed
