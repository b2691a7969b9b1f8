"""Never lost, never twice, never stuck: many replies through faults, kills and restarts."""

from tests.chaos import storm
from tests.chaos.__main__ import summary

REPLIES = 60
# It ends when all is written, or on a busy machine then.
STORM_SECONDS = 60
# The same plan each time, so that a failure can be repeated; `make chaos` draws others.
SEED = 285385


def test_each_reply_is_there_once_or_waits_for_a_person() -> None:
    outcome = storm.run(REPLIES, SEED, storm_seconds=STORM_SECONDS)

    told = summary(outcome)
    assert outcome.after.is_good, told
    assert outcome.end.is_good, told
    assert set(outcome.end.states) <= {"sent", "discarded"}, told
    assert outcome.written, told
    assert outcome.kills, told
    assert outcome.faults, told
