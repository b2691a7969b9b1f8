"""Everyday conversations made from the texts: author, age and reply clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox.sandbox.seed import files, orders, subjects
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.seed.subjects import Setting
from inbox.sandbox.seed.texts import ELECTRIC, Scenario
from inbox.sandbox.world import Attachment, LegacyMessage, Sender, Shop, Thread, Topic

WAITING_SHARE = 0.2  # special cases, most of them waiting, come on top
# Multiples of these spread evenly between 0 and 1, for any number of threads.
KINDS, WAITS, AGES = 0.618034, 0.414214, 0.754878
# Recent thank-yous still have a running clock.
NOT_DECLARED_FOR = timedelta(hours=20)
LEGACY_MESSAGES = 14


@dataclass(frozen=True, slots=True)
class Line:
    sender: Sender
    body: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()


def thread(builder: Builder, shop: Shop, number: int) -> Thread:
    """Creates one conversation; its number decides its kind, its age is random."""
    kind = number * KINDS % 1
    is_waiting = number * WAITS % 1 < WAITING_SHARE
    age = _waiting_for(builder, number * AGES % 1) if is_waiting else builder.between(1, 24) ** 2
    texts = builder.texts
    if kind < 0.70:
        order = orders.add(builder, shop, days_ago=age / 24 + builder.between(2, 14))
        return _write(builder, subjects.about_order(order), texts.orders, is_waiting, age)
    if kind < 0.81:
        return _write(builder, subjects.about_offer(builder, shop), texts.offers, is_waiting, age)
    if kind < 0.91:
        return _write(builder, subjects.about_shop(builder, shop), texts.operator, is_waiting, age)
    about = subjects.about_booking if kind < 0.96 else subjects.about_service
    return _write(builder, about(builder, shop), texts.bookings, is_waiting, age)


def _waiting_for(builder: Builder, kind: float) -> float:
    """Returns hours since the question: some overdue, some nearly, most with hours to go."""
    if kind < 0.15:
        return builder.between(25, 58)
    if kind < 0.40:
        return builder.between(20.2, 23.8)
    if kind < 0.52:
        return builder.between(0.05, 1)
    return builder.between(4, 19)


def _write(
    builder: Builder,
    setting: Setting,
    scenarios: tuple[Scenario, ...],
    is_waiting: bool,
    age: float,
) -> Thread:
    scenario = pick_scenario(builder, setting, scenarios)
    lines = _lines(builder, setting, scenario, is_waiting, age)
    made = begin(builder, setting, topic(builder, scenario, setting), lines[0].at)
    for line in lines:
        asked = line.sender == setting.asking
        to = setting.shop.party if asked else setting.asking.party
        builder.say(made, line.sender, (to,), line.body, line.at, line.attachments)
    if setting.customer and not is_waiting:
        _afterwards(builder, setting, made, lines[-1].at)
    return made


def pick_scenario(builder: Builder, setting: Setting, scenarios: tuple[Scenario, ...]) -> Scenario:
    plugged_in = setting.product in [builder.texts.products[number] for number in ELECTRIC]
    return builder.pick([item for item in scenarios if plugged_in or not item.electric])


def begin(builder: Builder, setting: Setting, topic: Topic, created_at: datetime) -> Thread:
    if setting.order:
        return builder.order_thread(setting.order, topic, created_at)
    return builder.thread(
        entity=setting.entity,
        shop=setting.shop,
        customer=setting.customer,
        topic=topic,
        created_at=created_at,
    )


def topic(
    builder: Builder, scenario: Scenario, setting: Setting, coded_share: float = 0.55
) -> Topic:
    if builder.chance(coded_share):
        return Topic("REASON_CODE", scenario.reason)
    text = builder.pick(scenario.topics)
    return Topic("FREE_TEXT", builder.fill(text, product=setting.product, order=setting.entity.id))


def _lines(
    builder: Builder, setting: Setting, scenario: Scenario, is_waiting: bool, age: float
) -> list[Line]:
    """Yields the messages from the last one back, because the last one's age is given."""
    length = (1 if builder.chance(0.6) else 3) if is_waiting else (2 if builder.chance(0.6) else 4)
    steps = (scenario.questions, scenario.answers, scenario.returns, scenario.endings)[:length]
    wording = int(builder.between(0, len(scenario.questions)))
    at, lines = builder.ago(age), []
    for number, wordings in reversed(list(enumerate(steps))):
        asks = number % 2 == 0
        text = wordings[wording % len(wordings)]
        text = builder.fill(text, product=setting.product, order=setting.entity.id)
        body = asked(builder, setting, text) if asks else answered(builder, setting, text)
        sender = setting.asking if asks else setting.shop.sender
        lines.append(Line(sender, body, at, _files(builder, setting, scenario, number, wording)))
        at -= timedelta(seconds=round(builder.between(900, 50_000)))
    return lines[::-1]


def asked(builder: Builder, setting: Setting, text: str) -> str:
    if setting.customer is None:
        return sentence(text)
    texts = builder.texts
    name = setting.customer.first_name if builder.chance(0.4) else setting.customer.name
    bye = builder.pick(texts.byes).format(name=name)
    hello = builder.pick(texts.hellos)
    return "\n\n".join(part for part in (hello, text if hello else sentence(text), bye) if part)


def sentence(text: str) -> str:
    """Returns the sentence in lower case after a German greeting, else with a capital."""
    return text[:1].upper() + text[1:]


def answered(builder: Builder, setting: Setting, text: str) -> str:
    shop = setting.shop
    hellos = builder.texts.shop_hellos if setting.customer else builder.texts.shop_hellos[:1]
    hello = builder.pick(hellos).format(customer=setting.asking.name)
    bye = builder.pick(builder.texts.shop_byes).format(agent=shop.user, shop=shop.name)
    return f"{hello}\n\n{text}\n\n{bye}"


def _files(
    builder: Builder, setting: Setting, scenario: Scenario, number: int, wording: int
) -> tuple[Attachment, ...]:
    if scenario.files == "photo" and number == 0 and wording < 2:
        picture = files.photo(int(builder.between(0, 4)))
        return (builder.file(builder.texts.photo_name, picture),)
    if scenario.files == "manual" and number == 1 and wording == 0:
        return (_paper(builder, builder.texts.manual_name, setting),)
    if scenario.files == "label" and number == 1 and wording != 1:
        return (_paper(builder, builder.texts.label_name, setting),)
    sends_invoice = number == 3 or (number == 1 and wording != 1)  # the corrected one, or the first
    if scenario.files == "invoice" and sends_invoice and setting.order:
        name = builder.texts.invoice_name.format(order=setting.order.id)
        return (builder.file(name, orders.invoice(builder, setting.order)),)
    return ()


def _paper(builder: Builder, name: str, setting: Setting) -> Attachment:
    return builder.file(name, files.pdf([name, setting.product, "DEMO - DEMO - DEMO"]))


def _afterwards(builder: Builder, setting: Setting, made: Thread, last: datetime) -> None:
    """Sometimes adds a thank-you, and later "no reply needed"."""
    if not builder.chance(0.12):
        return
    at = last + (builder.now - last) * builder.between(0.1, 0.8)
    at = at.replace(microsecond=0)
    builder.say(made, setting.asking, (setting.shop.party,), builder.pick(builder.texts.thanks), at)
    if builder.now - at < NOT_DECLARED_FOR:
        return
    made.no_reply_needed.append((at + timedelta(minutes=3), "SHOP"))
    made.reply_needed_since = None


def legacy(builder: Builder) -> None:
    """Creates order messages on orders and offers."""
    found = list(builder.market.orders.values())
    for number in range(LEGACY_MESSAGES):
        order = found[number % 8]
        subject, body = builder.texts.legacy[number % len(builder.texts.legacy)]
        is_answer = number % 4 == 1
        parties = (order.shop.party, order.customer.party)
        sender, to = parties if is_answer else parties[::-1]
        on_offer = number % 5 == 4
        builder.market.legacy.append(
            LegacyMessage(
                id=40_000 + number,
                subject=subject,
                body=builder.fill(body, product=order.lines[0].title, order=order.id),
                sent_at=builder.ago(24.0 * (200 - number * 7)),
                sender=sender,
                to=(to,),
                shop=order.shop,
                customer=order.customer,
                order=None if on_offer else order,
                offer_id=order.lines[0].offer_id if on_offer else None,
            )
        )
