"""M11: threads, newest change first, with seek paging.

A page continues after the last thread of the former one, by date and id, never by position. A
thread that changes moves to the front and may appear again. An unchanged thread is never skipped.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from inbox.sandbox import paging, parameters, shapes, threads
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import FRONT
from inbox.sandbox.dates import iso, parse
from inbox.sandbox.errors import ApiError
from inbox.sandbox.paging import Place
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Thread

ENTITY_TYPES = ("MMP_ORDER", "MMP_OFFER", "MPS_ORDER", "MPS_SERVICE", "SELLER_OPERATOR")
DEFAULT_LIMIT = 50
MESSAGES_SHOWN = 100


@dataclass(slots=True)
class Query:
    """The query that a page token stores, in plain values for JSON."""

    limit: int
    shop_id: int | None
    entity_type: str | None
    entity_ids: list[str]
    channels: list[str]
    updated_since: str | None
    with_messages: bool
    customer_id: str | None
    organization_id: str | None
    oldest_first: bool = False
    after: Place | None = None
    before: Place | None = None


def answer(call: Call) -> Json:
    query = _query(call)
    # The token contains the shop: the vendor's SDK sends it without `shop_id`.
    here = replace(call, shop_id=query.shop_id)
    page, has_previous, has_next = paging.seek(
        lambda backwards, beyond: _matching(here, query, backwards, beyond),
        query.limit,
        after=query.after,
        before=query.before,
    )
    shape: Json = {"data": [_shape(here, query, thread) for thread in page]}
    if has_previous:
        shape["previous_page_token"] = _token(here, query, before=page[0])
    if has_next:
        shape["next_page_token"] = _token(here, query, after=page[-1])
    return shape


def _owner(call: Call) -> str:
    return f"M11 {call.owner}"


def _query(call: Call) -> Query:
    token = call.request.args.get("page_token")
    if token is None:
        return _asked_for(call)
    query = Query(**call.seal.open(token, _owner(call)))
    if call.request.args.get("shop_id") and call.shop_id != query.shop_id:
        raise paging.BAD_TOKEN
    return query


def _asked_for(call: Call) -> Query:
    request = call.request
    since = parameters.moment(request, "updated_since")
    query = Query(
        limit=paging.limit(request, DEFAULT_LIMIT),
        shop_id=call.shop_id,
        entity_type=request.args.get("entity_type") or None,
        entity_ids=parameters.names(request, "entity_id"),
        channels=parameters.names(request, "channel_codes"),
        updated_since=since.isoformat() if since else None,
        with_messages=parameters.flag(request, "with_messages", default=False),
        customer_id=threads.customer_asked_for(call),
        organization_id=_front_only(call, "customer_organization_id"),
        oldest_first=parameters.oldest_first(request),
    )
    if query.entity_ids and query.entity_type is None:
        raise ApiError(400, "Parameter [entity_type] is required to filter by [entity_id]")
    if query.entity_type not in (None, *ENTITY_TYPES):
        raise ApiError(400, f"Parameter [entity_type] must be one of {', '.join(ENTITY_TYPES)}")
    return query


def _front_only(call: Call, name: str) -> str | None:
    return (call.request.args.get(name) or None) if call.role == FRONT else None


def _matching(call: Call, query: Query, backwards: bool, beyond: Place | None) -> Iterator[Thread]:
    """Yields threads in order from the position; the world sorts them by date of change."""
    since = parse(query.updated_since) if query.updated_since else None
    newest_first = query.oldest_first == backwards
    place = (parse(beyond[0]), beyond[1]) if beyond else None
    everything = call.market.threads.values()
    for thread in reversed(everything) if newest_first else everything:
        here = (thread.updated_at, thread.id)
        if place and (here >= place if newest_first else here <= place):
            continue
        if since and thread.updated_at < since:
            if newest_first:
                return
            continue
        if _matches(call, query, thread):
            yield thread


def _matches(call: Call, query: Query, thread: Thread) -> bool:
    if query.entity_type not in (None, thread.entity.type):
        return False
    if query.entity_ids and thread.entity.id not in query.entity_ids:
        return False
    # Mirakl: this filters order messages by channel, whatever the entity type.
    if query.channels and (
        thread.entity.type != "MMP_ORDER" or thread.channel not in query.channels
    ):
        return False
    if query.organization_id is not None:
        organization = thread.customer and thread.customer.organization
        if not organization or organization.id != query.organization_id:
            return False
    return bool(threads.visible_messages(call, thread, query.customer_id))


def _shape(call: Call, query: Query, thread: Thread) -> Json:
    visible = threads.visible_messages(call, thread, query.customer_id)
    shown = visible[-MESSAGES_SHOWN:] if query.with_messages else None
    return shapes.thread(thread, visible, messages=shown)


def _token(
    call: Call, query: Query, *, after: Thread | None = None, before: Thread | None = None
) -> str:
    there = replace(query, after=_position(after), before=_position(before))
    return call.seal.close(asdict(there), _owner(call))


def _position(thread: Thread | None) -> Place | None:
    return [iso(thread.updated_at), thread.id] if thread else None
