"""The chain of the audit log: concurrent writers, forbidden changes, and what its check tells."""

import multiprocessing
import random
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, connections, transaction
from pytest_django import Settings

from inbox.models import AuditEntry
from inbox.services import audit
from inbox.services.ops import audit_chain
from inbox.services.ops.audit_chain import Head

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, WRITES = 8, 25


def write(count: int) -> None:
    for number in range(count):
        audit.record(audit.Kind.EXPORTED, details={"file": f"{number}.csv"})


def tamper(statement: str) -> None:
    """As somebody who owns the database: no trigger refuses it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)


def problems(*, since: int = 0, known: Head | None = None) -> list[str]:
    return [*audit_chain.verify(since=since, known=known).problems]


# -- writing ------------------------------------------------------------------


def _write_and_roll_back(seed: int) -> None:
    connections.close_all()
    chance = random.Random(seed)
    for _ in range(WRITES):
        try:
            with transaction.atomic():
                write(chance.randint(1, 3))
                if chance.random() < 0.3:
                    raise LookupError
        except LookupError:
            pass
    connections.close_all()


def test_processes_side_by_side_write_one_chain() -> None:
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_write_and_roll_back, args=[seed]) for seed in range(PROCESSES)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(120)

    assert [one.exitcode for one in writers] == [0] * PROCESSES
    verdict = audit_chain.verify()
    assert verdict.problems == []
    assert verdict.checked == AuditEntry.objects.count() > PROCESSES * WRITES
    assert verdict.head == audit_chain.head()
    numbers = AuditEntry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, verdict.checked + 1))


def test_a_hash_is_that_of_what_the_database_stores() -> None:
    """Computed here a second time, by the documented format."""
    write(1)

    (one,) = AuditEntry.objects.all()
    at = round(one.at.timestamp() * 1_000_000)
    values = ["1", "1", "", str(at), "exported", None, "", one.request, "", None]
    values.append('{"file": "0.csv"}')
    texts = ["-" if value is None else f"{len(value.encode())}:{value}" for value in values]
    assert one.hash
    assert bytes(one.hash) == sha256("".join(texts).encode()).digest()
    assert one.previous_hash is not None
    assert bytes(one.previous_hash) == b""


def test_a_failure_stays_when_its_transaction_is_rolled_back() -> None:
    with transaction.atomic():
        audit.record(audit.Kind.EXPORTED)
        audit.record_apart(audit.Kind.LOGIN_FAILED)
        transaction.set_rollback(True)

    assert [one.kind for one in AuditEntry.objects.all()] == ["login_failed"]
    assert problems() == []


# -- what is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inbox_auditentry SET kind = 'read'",
        "UPDATE inbox_auditentry SET number = number + 10",
        "DELETE FROM inbox_auditentry WHERE number = 2",
        "TRUNCATE inbox_auditentry",
        "INSERT INTO inbox_auditentry (kind, address, request, target, details, number)"
        " VALUES ('read', '', '', '', '{}', 7)",
    ],
)
def test_entries_stay_as_they_are(statement: str) -> None:
    write(2)

    with pytest.raises(Error, match="cannot be"), connection.cursor() as cursor:
        cursor.execute(statement)

    assert problems() == []


# -- what the check finds -----------------------------------------------------


def test_the_check_tells_what_was_changed_deleted_and_added() -> None:
    write(12)
    head = audit_chain.head()
    tamper("UPDATE inbox_auditentry SET details = '{}' WHERE number = 2")
    tamper("DELETE FROM inbox_auditentry WHERE number = 5")
    tamper("DELETE FROM inbox_auditentry WHERE number > 9")
    tamper(
        "INSERT INTO inbox_auditentry (kind, address, request, target, details)"
        " VALUES ('read', '', '', '', '{}')"
    )

    assert problems() == [
        "Entry 2 was changed.",
        "Entries 5 to 5 are missing.",
        "Entries 10 to 12 are missing at the end.",
        "1 entries were added past the chain.",
    ]
    tamper("DELETE FROM inbox_audithead")
    assert "Entries 10 to 12 are missing at the end." in problems(known=head)


def test_the_check_finds_an_entry_whose_hash_was_made_anew() -> None:
    write(3)
    head = audit_chain.head()
    tamper("UPDATE inbox_auditentry SET hash = sha256('x') WHERE number = 2")

    assert "Entry 3 does not follow entry 2." in problems()
    tamper("UPDATE inbox_auditentry SET hash = sha256('x') WHERE number = 3")
    assert "Entry 3 is not the one whose hash was told before." in problems(known=head)


def test_the_check_finds_a_missing_beginning() -> None:
    write(4)
    tamper("DELETE FROM inbox_auditentry WHERE number <= 2")

    assert problems() == ["Entries 1 to 2 are missing."]


def test_the_command_fails_where_the_check_does(capsys: pytest.CaptureFixture[str]) -> None:
    write(4)
    call_command("audit", "verify")
    assert f"4 entries checked. Head: {audit_chain.head()}" in capsys.readouterr().out
    tamper("DELETE FROM inbox_auditentry WHERE number = 3")

    with pytest.raises(CommandError):
        call_command("audit", "verify")

    assert "Entries 3 to 3 are missing." in capsys.readouterr().out
    call_command("audit", "verify", "--since", "4")


# -- retention --------------------------------------------------------------------


def test_old_entries_go_and_the_chain_says_so(settings: Settings) -> None:
    settings.AUDIT_DAYS = 30
    write(6)
    # The fourth is newer: only what is before it may go.
    tamper("UPDATE inbox_auditentry SET at = at - interval '31 days' WHERE number IN (1, 2, 3, 5)")

    assert audit_chain.cut() == 3
    assert audit_chain.cut() == 0

    left = AuditEntry.objects.order_by("number")
    assert [one.number for one in left] == [4, 5, 6, 7]
    assert [one.details["through"] for one in left if one.kind == "cut"] == [3]
    # The fifth was changed by this test.
    assert problems() == ["Entry 5 was changed."]


def test_nothing_goes_where_all_is_kept(settings: Settings) -> None:
    settings.AUDIT_DAYS = 0
    write(1)
    tamper("UPDATE inbox_auditentry SET at = '2001-01-01Z'")

    assert audit_chain.cut() == 0
    assert AuditEntry.objects.count() == 1
