"""Conversations that are hard to show or to handle, one of each kind, in every marketplace."""

from datetime import timedelta

from inbox.sandbox.seed import files, orders
from inbox.sandbox.seed.build import Builder
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
    """How many were made; the first ones matter most, a small world has only those."""
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


def _customer(thread: Thread) -> Customer:
    assert thread.customer is not None  # noqa: S101  all of these are on orders
    return thread.customer


def _very_long(builder: Builder, shop: Shop) -> Thread:
    """Three hundred messages: three pages of `with_messages` would not hold it."""
    thread = _start(builder, shop, 400, Topic("REASON_CODE", "22"))
    customer, at = _customer(thread), thread.created_at
    for number in range(LONG):
        asks = number % 2 == 0
        lines = builder.texts.chat if asks else builder.texts.chat_answers
        sender = customer.sender if asks else shop.sender
        to = shop.party if asks else customer.party
        builder.say(thread, sender, (to,), builder.pick(lines), at)
        at += timedelta(minutes=round(builder.between(3, 60)))
    return thread


def _hostile(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 9, Topic("FREE_TEXT", '<b>Parcel</b> & "more"'))
    _ask(builder, thread, HOSTILE)
    return thread


def _outlook(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 6.5, Topic("REASON_CODE", "24"))
    customer, question = _customer(thread), builder.pick(builder.texts.orders[2].questions)
    text = builder.fill(question, order=thread.entity.id, product="")
    body = f"""<html><head><meta charset="utf-8"><style>p.MsoNormal {{margin:0}}</style></head>
<body lang="EN" link="#0563C1"><div class="WordSection1">
<p class="MsoNormal">{text}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal"><b>{customer.name}</b><br>Demo &amp; Sample<br>Tel. 000 / 000 00 00</p>
<p class="MsoNormal">-----Original Message-----<br><b>From:</b> {shop.name}<br>
<b>To:</b> {customer.name}<br><b>Subject:</b> {thread.entity.id}</p>
<p class="MsoNormal">{builder.pick(builder.texts.thanks)}</p></div></body></html>"""
    _ask(builder, thread, body)
    return thread


def _gmail(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 13, Topic("REASON_CODE", "20"))
    customer, scenario = _customer(thread), builder.texts.orders[0]
    text, quoted = (
        builder.fill(builder.pick(options), order=thread.entity.id, product="")
        for options in (scenario.returns, scenario.answers)
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
    return thread


def _big_file(builder: Builder, shop: Shop) -> Thread:
    """Twenty megabytes, and names that need every form of Content-Disposition."""
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
    text = builder.pick(builder.texts.orders[1].questions)
    _ask(builder, thread, builder.fill(text, product="", order=thread.entity.id), attachments)
    return thread


def _arabic(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 3.2, Topic("FREE_TEXT", "أين طلبي؟"))
    _ask(builder, thread, ARABIC.format(order=thread.entity.id))
    return thread


def _hebrew(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 22, Topic("REASON_CODE", "25"))
    _ask(builder, thread, HEBREW.format(order=thread.entity.id))
    return thread


def _emoji(builder: Builder, shop: Shop) -> Thread:
    thread = _start(builder, shop, 0.2, Topic("FREE_TEXT", "📦❓"))
    _ask(builder, thread, EMOJI.format(order=thread.entity.id))
    return thread


def _mediation(builder: Builder, shop: Shop) -> Thread:
    """All three sides in one conversation; the clock runs since the first unanswered message."""
    thread = _start(builder, shop, 27, Topic("REASON_CODE", "25"))
    customer, operator = _customer(thread), builder.market.operator
    scenario = builder.texts.orders[3]
    text = builder.pick(scenario.questions)
    _ask(builder, thread, builder.fill(text, product="", order=thread.entity.id))
    complaint = builder.fill(builder.pick(scenario.returns), product="", order=thread.entity.id)
    later = thread.created_at + timedelta(hours=5)
    both = (shop.party, operator.party)
    builder.say(thread, customer.sender, both, complaint, later)
    mediation = builder.fill(builder.texts.mediation)
    everyone = (shop.party, customer.party)
    builder.say(thread, operator, everyone, mediation, later + timedelta(hours=2))
    return thread


def _behind_the_shop(builder: Builder, shop: Shop) -> Thread:
    """Customer and operator between themselves first: the shop must not see those."""
    thread = _start(builder, shop, 44, Topic("REASON_CODE", "26"))
    customer, operator = _customer(thread), builder.market.operator
    text = builder.fill(
        builder.pick(builder.texts.orders[0].returns), product="", order=thread.entity.id
    )
    at = thread.created_at
    builder.say(thread, customer.sender, (operator.party,), text, at)
    at += timedelta(hours=1)
    builder.say(thread, operator, (customer.party,), builder.pick(builder.texts.thanks), at)
    at += timedelta(hours=1)
    builder.say(thread, operator, (shop.party,), builder.fill(builder.texts.mediation), at)
    answer = builder.fill(
        builder.pick(builder.texts.orders[0].endings), product="", order=thread.entity.id
    )
    builder.say(thread, shop.sender, (operator.party,), answer, at + timedelta(hours=2))
    return thread


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
