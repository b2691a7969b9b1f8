"""What the head of a thread offers: who could take it, how long it could sleep, its tags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inbox.forms.triage import SnoozeForm
from inbox.models import Tag, Thread, User
from inbox.pages.viewer import Viewer
from inbox.services.people.colleagues import Team
from inbox.services.triage import snooze_choices
from inbox.services.triage.snooze_choices import Nap


@dataclass(frozen=True)
class Closing:
    """What is asked before a thread is closed: its clock counts, a text on it is not sent; and
    whether the marketplace's own page can stop that clock."""

    counts: bool
    is_unsent: bool
    can_be_stopped: bool


@dataclass(frozen=True)
class Toolbar:
    """`closing`, `refusal` and `late` (a snooze past the deadline) speak against a decision;
    `reopens_for` would find a closed thread only once it is open."""

    may_triage: bool
    worn: Sequence[Tag]
    people: Sequence[User]
    other_tags: Sequence[Tag]
    naps: Sequence[Nap]
    closing: Closing | None = None
    refusal: str = ""
    late: SnoozeForm | None = None
    reopens_for: User | None = None


def toolbar(viewer: Viewer, thread: Thread, *, team: Team | None = None) -> Toolbar:
    """`team` is that of the marketplace, where known."""
    may_triage = viewer.may_answer(thread.marketplace)
    people = team.answerers if team else thread.marketplace.answerers() if may_triage else []
    tags = tags_for(thread, others=may_triage)
    return Toolbar(
        may_triage=may_triage,
        worn=[tag for tag, is_worn in tags if is_worn],
        people=me_first(people, viewer.user) if may_triage else [],
        other_tags=[tag for tag, is_worn in tags if not is_worn],
        naps=snooze_choices.offered(),
    )


def me_first(people: Iterable[User], me: User) -> list[User]:
    """In their order otherwise."""
    return sorted(people, key=lambda one: one.pk != me.pk)


def tags_for(thread: Thread, *, others: bool) -> list[tuple[Tag, bool]]:
    """Those that it has, and the `others` of its marketplace: each with whether it has it."""
    if not others:
        return [(tag, True) for tag in thread.tags.all()]
    return [(tag, vars(tag).pop("is_worn")) for tag in Tag.objects.for_thread(thread)]
