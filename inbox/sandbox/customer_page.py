"""A page on which a person plays the customer, without JavaScript and without login."""

import re
from html import escape, unescape
from string import Template

from werkzeug.wrappers import Request, Response

from inbox.sandbox import customers
from inbox.sandbox.errors import ApiError
from inbox.sandbox.world import CUSTOMER, Marketplace, Message, Thread, World

HOME = "/_sandbox/"
SHOWN = 60
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
CURRENT = ' aria-current="page"'
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Play the customer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 0 auto; padding: 1rem }
nav a { margin-right: 1rem } [aria-current] { font-weight: 700; text-decoration: none }
.columns { display: grid; gap: 2rem; grid-template-columns: minmax(0, 1fr) minmax(0, 1.3fr) }
@media (max-width: 44rem) { .columns { grid-template-columns: minmax(0, 1fr) } }
ul { list-style: none; padding: 0 } li { padding: .3rem 0; border-bottom: 1px solid #8884 }
small, .who { color: GrayText } .message { margin: .6rem 0; padding: .5rem .8rem;
border-radius: .6rem; background: #8882; white-space: pre-wrap; overflow-wrap: anywhere }
.mine { margin-left: 3rem; background: #3a6b5530 }
label { display: block; margin: .6rem 0 .2rem } textarea, select, input { width: 100%;
font: inherit; box-sizing: border-box }
button { margin-top: .8rem; font: inherit; padding: .4rem 1rem }
</style></head><body>
<h1>Play the customer</h1>
<p>A demo marketplace on this machine only. The seller's desk receives the messages you send.</p>
<nav>$marketplaces</nav>
<div class="columns"><section><h2>Conversations</h2><ul>$threads</ul></section>
<section>$main</section></div></body></html>""")
FORM = Template("""<form method="post" action="/_sandbox/">
<input type="hidden" name="marketplace" value="$marketplace">$about
<label for="body">Message</label><textarea id="body" name="body" rows="5" required></textarea>
<label for="to">To</label><select id="to" name="to"><option value="SHOP">The seller</option>
<option value="OPERATOR">The marketplace</option></select>
<button>Send as the customer</button></form>""")
NEW = """<label for="order_id">Order</label><select id="order_id" name="order_id">{orders}</select>
<label for="topic">Topic</label><input id="topic" name="topic" maxlength="200" required>"""


def respond(request: Request, world: World) -> Response:
    if request.path != HOME:
        return _see_other(HOME)
    if request.method == "POST":
        return _write(request, world)
    with world.lock:
        slug = request.args.get("marketplace") or next(iter(world.marketplaces))
        if slug not in world.marketplaces:
            raise ApiError(404, f"Unknown marketplace [{slug}]")
        market = world.marketplaces[slug]
        thread = market.threads.get(request.args.get("thread", ""))
        page = PAGE.substitute(
            marketplaces=_marketplaces(world, market),
            threads="".join(_thread_row(market, item) for item in _recent(market)),
            main=_conversation(market, thread) if thread else _start(market),
        )
    return Response(page, content_type="text/html;charset=UTF-8")


def _write(request: Request, world: World) -> Response:
    made = customers.write(world, request.form.to_dict())
    address = f"{HOME}?marketplace={request.form['marketplace']}&thread={made['thread_id']}"
    return _see_other(address)


def _see_other(address: str) -> Response:
    return Response(status=303, headers={"Location": address})


def _marketplaces(world: World, shown: Marketplace) -> str:
    return "".join(
        f'<a href="{HOME}?marketplace={market.slug}"'
        f"{CURRENT if market is shown else ''}>{escape(market.name)}</a>"
        for market in world.marketplaces.values()
    )


def _recent(market: Marketplace) -> list[Thread]:
    with_customer = [thread for thread in market.threads.values() if thread.customer]
    return with_customer[: -SHOWN - 1 : -1]


def _thread_row(market: Marketplace, thread: Thread) -> str:
    name = escape(thread.customer.name if thread.customer else "")
    about = f"{escape(thread.entity.label)} · {escape(thread.shop.name)}"
    return (
        f'<li><a href="{HOME}?marketplace={market.slug}&amp;thread={thread.id}">{name}</a> '
        f"<small>{about} · {thread.updated_at:%d.%m. %H:%M}</small></li>"
    )


def _conversation(market: Marketplace, thread: Thread) -> str:
    name = escape(thread.customer.name if thread.customer else thread.shop.name)
    bubbles = "".join(_bubble(market, item) for item in thread.messages if item.involves(CUSTOMER))
    about = f'<input type="hidden" name="thread_id" value="{thread.id}">'
    form = FORM.substitute(marketplace=market.slug, about=about) if thread.customer else ""
    back = f'<p><a href="{HOME}?marketplace={market.slug}">Start another conversation</a></p>'
    return f"<h2>{name} · {escape(thread.entity.label)}</h2>{bubbles}{form}{back}"


def _bubble(market: Marketplace, message: Message) -> str:
    mine = " mine" if message.sender.party.type == CUSTOMER else ""
    names = "".join(f"<br><small>📎 {escape(item.name)}</small>" for item in message.attachments)
    who = f"{escape(message.sender.name)}, {message.sent_at:%d.%m. %H:%M} UTC"
    text = escape(seen(message.body, market.bodies)) + names
    return f'<div class="message{mine}"><div class="who">{who}</div>{text}</div>'


def seen(body: str, bodies: str) -> str:
    """Returns a body as customers see it. In HTML, only line breaks count."""
    if bodies == "text":
        return body
    lines = LINE_BREAK.sub("\n", body)
    return unescape(lines) if bodies == "html" else lines


def _start(market: Marketplace) -> str:
    options = "".join(
        f'<option value="{order.id}">{order.id}: {escape(order.customer.name)}, '
        f"{escape(order.lines[0].title)} ({escape(order.shop.name)})</option>"
        for order in list(market.orders.values())[:SHOWN]
    )
    form = FORM.substitute(marketplace=market.slug, about=NEW.format(orders=options))
    return f"<h2>New conversation on an order</h2>{form}"
