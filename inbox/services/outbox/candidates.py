"""Messages similar to an unconfirmed reply: a person says whether one of them is the reply.

Marketplaces may change bodies: they mask numbers, drop emoji, add a footer. While Mirakl has a new
message of our side that belongs to no other reply, the desk does not say that the reply is missing,
and does not offer to send it again.
"""

from django.db import transaction

from inbox.models import Candidate, Event, Outgoing, User
from inbox.services import files
from inbox.services.mirror import mapping
from inbox.services.outbox import completion, transitions
from inbox.services.outbox.matching import Sighting
from inbox.text import storable

Verdict = Candidate.Verdict


def offer(reply: Outgoing, seen: list[Sighting]) -> None:
    """Store these for a person to compare, except those already ruled out."""
    Candidate.objects.bulk_create([_row(reply, one) for one in seen], ignore_conflicts=True)
    undecided = reply.candidates.undecided()
    # A message that was matched with another reply since is no candidate any more.
    undecided.exclude(mirakl_id__in=[_id(one) for one in seen]).delete()
    if undecided.exists():
        transitions.ask_person(reply)
    else:
        transitions.stop_asking_person(reply)


def _row(reply: Outgoing, one: Sighting) -> Candidate:
    return Candidate(
        outgoing=reply,
        file=one.file,
        mirakl_id=_id(one),
        thread_id=storable(one.thread_id, 100),
        title=storable(one.title, 300),
        body=storable(one.body),
        sent_at=mapping.clean_moment(one.sent_at),
    )


def _id(one: Sighting) -> str:
    return storable(one.id, 100)


@transaction.atomic
def accept(candidate: Candidate, by: User) -> bool:
    """It is the reply, so it has arrived. False if a colleague has decided since."""
    if not _decide(candidate, Verdict.IS_IT, Event.Verb.IDENTIFIED, by):
        return False
    reply = candidate.outgoing
    if candidate.file is None:
        has_arrived = completion.complete_reply(reply, candidate.mirakl_id, candidate.thread_id)
        transaction.set_rollback(not has_arrived)
        return has_arrived
    files.settle(candidate.file)
    candidate.file.candidates.undecided().delete()
    if not reply.files.exclude(file="").exists():
        return completion.complete_reply(reply, None, None)
    return True


@transaction.atomic
def rule_out(candidate: Candidate, by: User) -> bool:
    """It is not the reply. False if a colleague has decided since."""
    if not _decide(candidate, Verdict.IS_NOT, Event.Verb.RULED_OUT, by):
        return False
    if not candidate.outgoing.candidates.undecided().exists():
        transitions.stop_asking_person(candidate.outgoing)
    return True


def _decide(candidate: Candidate, verdict: str, verb: str, by: User) -> bool:
    undecided = Candidate.objects.undecided().filter(pk=candidate.pk)
    # No join: an update with one would not read again a verdict given since.
    waiting = undecided.filter(
        outgoing__in=Outgoing.objects.filter(state=Outgoing.State.UNCONFIRMED)
    )
    if not waiting.update(verdict=verdict):
        return False
    transitions.record_event(candidate.outgoing, verb, by)
    return True
