"""The demo world, created at each start so that its reply clocks run.

The same seed and number of threads always create the same people, orders and texts. Only the dates
move: they count back from the moment of the start. The conversations of the `history_days` before
keep their dates: tomorrow's world tells of the same days.
"""

from datetime import UTC, datetime

from inbox.sandbox.seed import conversations, history, orders, specials, subjects
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.seed.plans import PLANS, Plan
from inbox.sandbox.world import World

DEFAULT_THREADS = 200
DEFAULT_SEED = 1
# Per hundred threads of the agent's own shops; threads of other shops come on top.
OTHER_SHOPS_SHARE = 0.12


def world(threads: int = DEFAULT_THREADS, seed: int = DEFAULT_SEED, history_days: int = 0) -> World:
    made = World(seed)
    left = threads
    for plan in PLANS:
        count = left if plan is PLANS[-1] else round(threads * plan.share)
        left -= count
        _marketplace(made, plan, count)
    for plan in PLANS if history_days else ():
        history.add(made.marketplaces[plan.slug], plan, seed, history_days, datetime.now(UTC))
    return made


def _marketplace(made: World, plan: Plan, count: int) -> None:
    builder = Builder(made, plan)
    orders.people(builder, count)
    orders.quiet_orders(builder)
    subjects.services(builder)
    own, *others = builder.market.shops.values()
    made_already = specials.threads(builder, own, count)
    for number in range(count - made_already):
        conversations.thread(builder, own, number)
    for number in range(max(4, round(count * OTHER_SHOPS_SHARE))):
        conversations.thread(builder, others[number % len(others)], number)
    conversations.legacy(builder)
    builder.put_in_order()
    made.marketplaces[plan.slug] = builder.market
