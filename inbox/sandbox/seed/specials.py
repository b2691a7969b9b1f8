"""Conversations that are hard to show or to handle, one of each kind for each marketplace."""

from datetime import timedelta

from inbox.sandbox.seed import files, orders
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.seed.chats import CHATS
from inbox.sandbox.seed.conversations import sentence
from inbox.sandbox.world import Attachment, Customer, Shop, Thread, Topic

LONG = 300
HOSTILE = """<p style="position:fixed;inset:0;background:red;z-index:9999">You have won!</p>
<script>document.title = "owned"; fetch("/admin/")</script>
<img src="x" onerror="document.title='owned'">
<a href="javascript:document.title='owned'">Track my parcel</a>
<svg onload="document.title='owned'"></svg>
<style>body { display: none } .composer { background: url(//tracker.invalid/pixel) }</style>
<form action="//phish.invalid/login"><input name="password" type="password"></form>
<iframe src="//phish.invalid/"></iframe>
<p>This is a demo of a hostile mail. The only real question: where is my parcel?</p>"""
ARABIC = (
    "مرحبا،\n\nطلبت المصباح قبل أسبوع ولم يصل بعد. رقم الطلب {order}. "
    "هل يمكنكم إخباري بموعد التسليم؟ 🙏\n\nشكرا جزيلا"
)
HEBREW = "שלום, הגיע אליי המוצר הלא נכון בהזמנה {order}. אפשר להחליף בבקשה?\n\nתודה רבה"
EMOJI = "👋🏽 {order}: 📦❓ … 😅 👨‍👩‍👧‍👦 ❤️‍🔥 🇪🇺 ✅?"


def threads(builder: Builder, shop: Shop, count: int) -> int:
    """Returns the number created. The most important come first: a small world has only these."""
    for make in MAKERS[:count]:
        make(builder, shop)
    return min(count, len(MAKERS))


def _start(builder: Builder, shop: Shop, hours_ago: float, topic: Topic) -> Thread:
    order = orders.add(builder, shop, days_ago=hours_ago / 24 + 6)
    order.customer_may_be_written_to = True
    return builder.order_thread(order, topic, builder.ago(hours_ago))


def _ask(
    builder: Builder, thread: Thread, body: str, attachments: tuple[Attachment, ...] = ()
) -> None:
    customer = _customer(thread)
    builder.say(thread, customer.sender, (thread.shop.party,), body, thread.created_at, attachments)


def _words(builder: Builder, thread: Thread, wordings: tuple[str, ...]) -> str:
    order = builder.market.orders[thread.entity.id]
    text = builder.pick(wordings)
    return sentence(builder.fill(text, product=order.lines[0].title, order=order.id))


def _customer(thread: Thread) -> Customer:
    assert thread.customer is not None  # noqa: S101  all of these are on orders
    return thread.customer


def _very_long(builder: Builder, shop: Shop) -> None:
    """Three hundred messages: three pages of `with_messages`."""
    thread = _start(builder, shop, 400, Topic("REASON_CODE", "22"))
    customer, at = _customer(thread), thread.created_at
    chat = CHATS[builder.texts.language]
    for number in range(LONG):
        asks = number % 2 == 0
        lines = chat.customer if asks else chat.shop
        sender = customer.sender if asks else shop.sender
        to = shop.party if asks else customer.party
        builder.say(thread, sender, (to,), builder.pick(lines), at)
        at += timedelta(minutes=round(builder.between(3, 60)))


def _hostile(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 9, Topic("FREE_TEXT", '<b>Parcel</b> & "more"'))
    _ask(builder, thread, HOSTILE)


def _outlook(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 6.5, Topic("REASON_CODE", "24"))
    customer = _customer(thread)
    text = _words(builder, thread, builder.texts.orders[2].questions)
    body = f"""<html><head><meta charset="utf-8"><style>p.MsoNormal {{margin:0}}</style></head>
<body lang="EN" link="#0563C1"><div class="WordSection1">
<p class="MsoNormal">{text}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal"><b>{customer.name}</b><br>Demo &amp; Sample<br>Tel. 000 / 000 00 00</p>
<p class="MsoNormal">-----Original Message-----<br><b>From:</b> {shop.name}<br>
<b>To:</b> {customer.name}<br><b>Subject:</b> {thread.entity.id}</p>
<p class="MsoNormal">{builder.pick(builder.texts.thanks)}</p></div></body></html>"""
    _ask(builder, thread, body)


def _gmail(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 13, Topic("REASON_CODE", "20"))
    customer, scenario = _customer(thread), builder.texts.orders[0]
    text, quoted = (
        _words(builder, thread, options) for options in (scenario.returns, scenario.answers)
    )
    header = builder.fill(builder.texts.mail_header, name=shop.name)
    _ask(
        builder,
        thread,
        f"""<div dir="ltr">{text}<div><br></div><div>{customer.first_name}</div></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{header}<br></div>
<blockquote class="gmail_quote"
 style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">
<div>{quoted}</div><blockquote><div>…</div></blockquote></blockquote></div>""",
    )


def _big_file(builder: Builder, shop: Shop) -> None:
    """A file of twenty megabytes, and names that need every form of Content-Disposition."""
    thread = _start(builder, shop, 16, Topic("REASON_CODE", "22"))
    big = Attachment(
        builder.world.new_id(), "scan 0001.bmp", files.big_picture_size(), files.big_picture
    )
    manual = files.pdf(["DEMO", builder.texts.manual_name])
    attachments = (
        big,
        builder.file(builder.texts.manual_name, manual),
        builder.file("pièce jointe – Größe “XL” 📎.png", files.photo(2)),
    )
    _ask(builder, thread, _words(builder, thread, builder.texts.orders[1].questions), attachments)


def _arabic(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 3.2, Topic("FREE_TEXT", "أين طلبي؟"))
    _ask(builder, thread, ARABIC.format(order=thread.entity.id))


def _hebrew(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 22, Topic("REASON_CODE", "25"))
    _ask(builder, thread, HEBREW.format(order=thread.entity.id))


def _emoji(builder: Builder, shop: Shop) -> None:
    thread = _start(builder, shop, 0.2, Topic("FREE_TEXT", "📦❓"))
    _ask(builder, thread, EMOJI.format(order=thread.entity.id))


def _mediation(builder: Builder, shop: Shop) -> None:
    """All three sides in one conversation. The clock runs since the first unanswered message."""
    thread = _start(builder, shop, 27, Topic("REASON_CODE", "25"))
    customer, operator = _customer(thread), builder.market.operator
    scenario = builder.texts.orders[3]
    _ask(builder, thread, _words(builder, thread, scenario.questions))
    complaint = _words(builder, thread, scenario.returns)
    later = thread.created_at + timedelta(hours=5)
    both = (shop.party, operator.party)
    builder.say(thread, customer.sender, both, complaint, later)
    mediation = builder.fill(builder.texts.mediation)
    everyone = (shop.party, customer.party)
    builder.say(thread, operator, everyone, mediation, later + timedelta(hours=2))


def _behind_the_shop(builder: Builder, shop: Shop) -> None:
    """Customer and operator write to each other first: the shop must not see these messages."""
    thread = _start(builder, shop, 44, Topic("REASON_CODE", "26"))
    customer, operator = _customer(thread), builder.market.operator
    text = _words(builder, thread, builder.texts.orders[0].returns)
    at = thread.created_at
    builder.say(thread, customer.sender, (operator.party,), text, at)
    at += timedelta(hours=1)
    builder.say(thread, operator, (customer.party,), builder.pick(builder.texts.thanks), at)
    at += timedelta(hours=1)
    builder.say(thread, operator, (shop.party,), builder.fill(builder.texts.mediation), at)
    answer = _words(builder, thread, builder.texts.orders[0].endings)
    builder.say(thread, shop.sender, (operator.party,), answer, at + timedelta(hours=2))


MAKERS = (
    _very_long,
    _hostile,
    _outlook,
    _gmail,
    _big_file,
    _arabic,
    _hebrew,
    _emoji,
    _mediation,
    _behind_the_shop,
)
