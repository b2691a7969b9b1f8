"""Replies sent through faults, kills and restarts: none is lost, sent twice or stuck."""

import pytest

from tests.chaos import runner
from tests.chaos.__main__ import summary

pytestmark = pytest.mark.long

REPLIES = 60
# Writing ends when all replies are written, or after this time on a busy machine.
WRITING_SECONDS = 60
# A fixed seed makes a failure repeatable. `make chaos` draws a random one.
SEED = 285385


def test_each_reply_is_there_once_or_waits_for_a_person() -> None:
    outcome = runner.run(REPLIES, SEED, writing_seconds=WRITING_SECONDS)

    report = summary(outcome)
    assert outcome.after.is_good, report
    assert outcome.end.is_good, report
    assert set(outcome.end.states) <= {"sent", "discarded"}, report
    assert outcome.written, report
    assert outcome.kills, report
    assert outcome.faults, report
