"""Older conversations, day by day: the same for a seed and a date, however long ago that is.

Each conversation has a random source of its own, so its beginning never depends on the others.
What it says after this moment has not happened yet.
"""

from datetime import date, datetime, timedelta

from inbox.sandbox.seed import conversations, orders, rhythm, subjects
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.seed.plans import Plan
from inbox.sandbox.seed.subjects import Setting
from inbox.sandbox.seed.texts import Scenario
from inbox.sandbox.world import SHOP, Marketplace, Party, Sender, Shop, World

# Conversations on an average day of today, of all marketplaces.
PER_DAY = 14
# The last two days have the conversations of the world itself.
NEWEST_DAYS_AGO = 2
# One of this many is of another shop.
OTHER_SHOPS = 10
PEOPLE, FIRST_PERSON = 1500, 20_000
SETTLED = ("RECEIVED", "RECEIVED", "CLOSED")
CODED_SHARE = 0.9
BEGUN_BY_SHOP, ASKED_TWICE, MEDIATED = 0.04, 0.13, 0.03
UNANSWERED, THANKED = 0.004, 0.16
# Nobody answers, and in the end somebody says that no reply is needed.
GIVEN_UP_AFTER = timedelta(days=21)


def add(market: Marketplace, plan: Plan, seed: int, days: int, now: datetime) -> None:
    builder, today = Builder(World(seed), plan, market), now.date()
    builder.random.seed(f"{seed} {plan.slug}")
    orders.people(builder, PEOPLE, FIRST_PERSON)
    for age in range(days, NEWEST_DAYS_AGO - 1, -1):
        _add_day(builder, seed, today - timedelta(days=age), age, now)
    builder.put_in_order()


def _add_day(builder: Builder, seed: int, day: date, age: int, now: datetime) -> None:
    plan = builder.plan
    builder.random.seed(f"{seed} {plan.slug} {day}")
    count = int(PER_DAY * plan.share * rhythm.volume(day, age) + builder.random.random())
    own, *others = plan.shops
    for number in range(count):
        builder.random.seed(f"{seed} {plan.slug} {day} {number}")
        builder.order_number = int(f"{day:%y%m%d}{number:02}")
        is_own = builder.random.random() * OTHER_SHOPS > 1
        builder.now = rhythm.moment(builder.random, day)
        Talk(builder, own if is_own else builder.pick(others)).store(now)


def _setting(builder: Builder, shop: Shop) -> tuple[Setting, tuple[Scenario, ...]]:
    kind, texts = builder.random.random(), builder.texts
    if kind < 0.80:
        days_ago, state = builder.between(2, 14), builder.pick(SETTLED)
        order = orders.add(builder, shop, days_ago=days_ago, state=state, may_have_invoice=False)
        return subjects.about_order(order), texts.orders
    if kind < 0.89:
        return subjects.about_offer(builder, shop), texts.offers
    if kind < 0.94:
        return subjects.about_service(builder, shop), texts.bookings
    return subjects.about_shop(builder, shop), texts.operator


class Talk:
    """One conversation from its first message to the last."""

    def __init__(self, builder: Builder, shop: Shop) -> None:
        self.builder, self.at = builder, builder.now
        self.setting, scenarios = _setting(builder, shop)
        self.scenario = conversations.pick_scenario(builder, self.setting, scenarios)
        self.wording = int(builder.between(0, 12))
        self.lines: list[tuple[datetime, Sender, tuple[Party, ...], str]] = []
        self.declared: list[tuple[datetime, str]] = []
        self._go_on()

    def store(self, now: datetime) -> None:
        """Adds what has happened until now."""
        builder, setting = self.builder, self.setting
        topic = conversations.topic(builder, self.scenario, setting, CODED_SHARE)
        thread = conversations.begin(builder, setting, topic, self.lines[0][0])
        for at, sender, to, body in self.lines:
            if at <= now:
                builder.say(thread, sender, to, body, at)
        thread.no_reply_needed = [one for one in self.declared if one[0] <= now]
        if any(at > thread.updated_at for at, _side in thread.no_reply_needed):
            thread.reply_needed_since = None

    def _go_on(self) -> None:
        builder, is_operators = self.builder, self.setting.customer is None
        if not is_operators and builder.chance(BEGUN_BY_SHOP):
            self.at = rhythm.after_working(self.at, 0)
            self._say_ours(self.scenario.answers)
            self._pause()
        for turn in range(builder.pick((1, 1, 1, 1, 1, 2, 2, 2, 3, 4))):
            if turn:
                self._pause()
            self._ask(is_first=turn == 0)
            if builder.chance(UNANSWERED):
                self.declared.append((self.at + GIVEN_UP_AFTER, SHOP))
                return
            self._answer(self.scenario.endings if turn else self.scenario.answers)
        if self.setting.order and builder.chance(MEDIATED):
            self._mediate()
        elif is_operators or builder.chance(THANKED):
            self._thank()

    def _ask(self, *, is_first: bool) -> None:
        self._say_theirs(self.scenario.questions if is_first else self.scenario.returns)
        if self.builder.chance(ASKED_TWICE):
            asked_at, self.wording = self.at, self.wording + 1
            self.at += timedelta(minutes=self.builder.between(2, 90))
            self._say_theirs(self.scenario.questions)
            self.at = asked_at

    def _answer(self, wordings: tuple[str, ...]) -> None:
        latest = max(at for at, *_rest in self.lines)
        answered = rhythm.answered_at(self.builder.random, self.at, self.builder.plan.pace)
        self.at = max(answered, latest + timedelta(minutes=2))
        self._say_ours(wordings)

    def _mediate(self) -> None:
        """The operator steps in, and the shop answers both."""
        self._pause()
        operator, customer = self.builder.market.operator, self.setting.asking.party
        words = self.builder.fill(self.builder.texts.mediation)
        self._say(operator, (self.setting.shop.party, customer), words)
        self.at = rhythm.answered_at(self.builder.random, self.at, self.builder.plan.pace)
        text = conversations.answered(
            self.builder, self.setting, self._words(self.scenario.endings)
        )
        self._say(self.setting.shop.sender, (customer, operator.party), text)
        self._declare("OPERATOR")

    def _thank(self) -> None:
        self._pause()
        thanks = self.builder.pick(self.builder.texts.thanks)
        self._say(self.setting.asking, (self.setting.shop.party,), thanks)
        self._declare(SHOP)

    def _declare(self, side: str) -> None:
        """No reply is needed."""
        seen_at = rhythm.answered_at(self.builder.random, self.at, self.builder.plan.pace)
        self.declared.append((max(seen_at, self.at + timedelta(minutes=1)), side))

    def _pause(self) -> None:
        """Until the other side writes again: by day, an hour or some days later."""
        later = self.at + timedelta(hours=self.builder.between(0.7, 7) ** 2)
        self.at = rhythm.moment(self.builder.random, later.date())
        self.at = max(self.at, later.replace(microsecond=0) - timedelta(minutes=20))

    def _say_theirs(self, wordings: tuple[str, ...]) -> None:
        text = conversations.asked(self.builder, self.setting, self._words(wordings))
        self._say(self.setting.asking, (self.setting.shop.party,), text)

    def _say_ours(self, wordings: tuple[str, ...]) -> None:
        text = conversations.answered(self.builder, self.setting, self._words(wordings))
        self._say(self.setting.shop.sender, (self.setting.asking.party,), text)

    def _words(self, wordings: tuple[str, ...]) -> str:
        text = wordings[self.wording % len(wordings)]
        setting = self.setting
        return self.builder.fill(text, product=setting.product, order=setting.entity.id)

    def _say(self, sender: Sender, to: tuple[Party, ...], body: str) -> None:
        self.lines.append((self.at.replace(microsecond=0), sender, to, body))
