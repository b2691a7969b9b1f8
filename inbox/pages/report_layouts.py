"""Which figures each report shows, and by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

TIMES = (
    *("first_reply_seconds_p50", "first_reply_seconds_p90", "reply_seconds_p50"),
    *("reply_seconds_p90", "reply_seconds_mean"),
)
WAITS = ("asked_count", "answered_count", "no_reply_needed_count")
WAITING = (
    *("waiting_now_count", "waiting_due_count", "waiting_over_count"),
    "waiting_now_oldest_seconds",
)
PART = (
    *("asked_count", "answered_count", "answered_in_time_share", "missed_count"),
    *("first_reply_seconds_p50", "reply_seconds_p50", "reply_seconds_p90"),
)
RESOLUTION = (
    *("resolved_count", "resolution_seconds_p50", "resolution_seconds_p90"),
    *("one_touch_share", "reopened_share", "effort_messages_mean"),
)
CANNED = ("canned_used_count", "canned_kept_share", "canned_followed_share")
DELIVERY = (
    *("replies_failed_count", "replies_unconfirmed_count", "replies_sent_again_count"),
    "replies_undone_count",
)


@dataclass(frozen=True)
class Layout:
    """What a page shows: figures by name, bars by day, and tables by a part each."""

    figures: Sequence[str]
    now: Sequence[str] = ()
    has_distribution: bool = False
    has_backlog: bool = False
    by_day: Sequence[str] = ()
    has_heatmap: bool = False
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """All figures of the whole."""
        return {*self.now, *self.figures, *chain(*self.tables.values())}


LAYOUTS = {
    "overview": Layout(
        [
            *("answered_in_time_share", "first_reply_seconds_p50", "first_reply_seconds_p90"),
            *("reply_seconds_p50", "reply_seconds_mean", "asked_count", "answered_count"),
            *("missed_count", "no_reply_needed_count", "answered_elsewhere_share"),
            *("new_conversations_count", "handled_conversations_count"),
            *("messages_in_count", "messages_out_count"),
        ],
        now=[*WAITING, "waiting_now_history_count"],
        by_day=["asked_count", "answered_count"],
        tables={"marketplace": PART},
    ),
    "time": Layout(
        [*TIMES, "answered_in_time_share"],
        now=["waiting_now_count", "waiting_longest_count"],
        has_distribution=True,
        by_day=["reply_seconds_p50", "answered_in_time_share"],
        tables={"asker": PART},
    ),
    "volume": Layout(
        [
            *("new_conversations_count", "handled_conversations_count", "messages_in_count"),
            *("messages_out_count", "messages_out_desk_count", "messages_out_elsewhere_count"),
            *("asked_count", "answered_count", "no_reply_needed_count"),
        ],
        now=["backlog_count", "waiting_now_history_count"],
        has_backlog=True,
        by_day=["messages_in_count", "messages_out_count"],
        has_heatmap=True,
        tables={
            "asker": ["new_conversations_count", "messages_in_count", *WAITS],
            "language": WAITS,
        },
    ),
    "team": Layout(
        ["answered_count", "answered_elsewhere_share"],
        now=WAITING,
        tables={
            "assignee": WAITING,
            "agent": [
                *("answered_count", "answered_in_time_share", "reply_seconds_p50"),
                *("reply_seconds_p90", "replies_failed_count", "replies_undone_count"),
                *("resolved_count", "one_touch_share", "canned_used_count"),
            ],
        },
    ),
    "marketplaces": Layout(
        ["answered_in_time_share", "missed_count"], tables={"marketplace": PART, "shop": PART}
    ),
    "topics": Layout(["asked_count", "answered_count"], tables={"topic": PART, "tag": PART}),
    "resolution": Layout(
        [
            *("resolved_count", "resolution_seconds_p50", "resolution_seconds_p90"),
            *("quiet_resolution_seconds_p50", "quiet_resolution_seconds_p90"),
            *("replies_per_resolution_mean", "one_touch_share", "effort_messages_mean"),
            *("reopened_share", "closings_not_ripe_count", "closings_thanked_count"),
        ],
        by_day=["resolved_count", "resolution_seconds_p50"],
        tables={"marketplace": RESOLUTION, "tag": RESOLUTION},
    ),
    "canned": Layout(
        CANNED, by_day=["canned_used_count"], tables={"canned": CANNED, "agent": CANNED}
    ),
    "delivery": Layout(
        [*DELIVERY, "messages_out_elsewhere_count", "answered_elsewhere_share"],
        by_day=["messages_out_desk_count", "messages_out_elsewhere_count"],
        tables={"marketplace": [*DELIVERY, "messages_out_desk_count"]},
    ),
}
