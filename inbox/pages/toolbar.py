"""What the head of a thread offers: its possible assignees, snooze choices and tags."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from inbox.forms.triage import SnoozeForm
from inbox.models import Tag, Thread, User
from inbox.models.prepared import prepared
from inbox.pages.badges import PersonShown
from inbox.pages.thread_rows import TagShown
from inbox.pages.viewer import Viewer
from inbox.services.people.colleagues import Team, find_answerers
from inbox.services.triage import snooze_choices
from inbox.services.triage.snooze_choices import SnoozeChoice


@dataclass(frozen=True)
class Closing:
    """The question before a thread is closed: its reply clock is running (`counts`), or it has an
    unsent text. `can_be_stopped`: in the marketplace's back office."""

    counts: bool
    is_unsent: bool
    can_be_stopped: bool


@dataclass(frozen=True)
class Toolbar:
    """`closing`, `refusal` and `late` (a snooze past the deadline) object to a decision.
    `reopens_for` is the user whom a closed thread was given to: they find it once it is open."""

    may_triage: bool
    assignee: PersonShown | None
    tags: tuple[TagShown, ...]
    people: tuple[PersonShown, ...]
    other_tags: tuple[TagShown, ...]
    snooze_choices: tuple[SnoozeChoice, ...]
    closing: Closing | None = None
    refusal: str = ""
    late: SnoozeForm | None = None
    reopens_for: User | None = None


def toolbar(viewer: Viewer, thread: Thread, *, team: Team | None = None) -> Toolbar:
    """`team` is the marketplace's, where known."""
    may_triage = viewer.may_answer(thread.marketplace)
    people = team.answerers if team else answerers_on(thread) if may_triage else []
    me = viewer.user
    # Most are among the people, without a query.
    known = next((one for one in people if one.pk == thread.assignee_id), None)
    assignee = known or thread.assignee
    tags = tags_for(thread, others=may_triage)
    return Toolbar(
        may_triage=may_triage,
        assignee=PersonShown.from_user(assignee, me) if assignee else None,
        tags=tuple(TagShown.from_tag(tag) for tag, is_on_thread in tags if is_on_thread),
        people=tuple(PersonShown.from_user(one, me) for one in me_first(people, me) if may_triage),
        other_tags=tuple(TagShown.from_tag(tag) for tag, is_on_thread in tags if not is_on_thread),
        snooze_choices=tuple(snooze_choices.list_snooze_choices()),
    )


def answerers_on(thread: Thread) -> list[User]:
    return find_answerers(marketplaces=[thread.marketplace_id])


def me_first(people: Iterable[User], me: User) -> list[User]:
    """The user first, the others in their order."""
    return sorted(people, key=lambda one: one.pk != me.pk)


def tags_for(thread: Thread, *, others: bool) -> list[tuple[Tag, bool]]:
    """The thread's tags, with `others` its marketplace's too; True for those of the thread."""
    if not others:
        return [(tag, True) for tag in thread.tags.all()]
    found = _tags(thread=thread.pk, marketplace=thread.marketplace_id)
    return [(tag, vars(tag).pop("is_on_thread")) for tag in found]


@prepared
def _tags(*, thread: int, marketplace: int) -> QuerySet[Tag]:
    return Tag.objects.for_thread(Thread(pk=thread, marketplace_id=marketplace))
