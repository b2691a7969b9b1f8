"""Access: which rows a user sees, and which threads a user may answer."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.utils import timezone

from inbox.models import Access, Attachment, Marketplace, Message, Outgoing, Thread, User

pytestmark = pytest.mark.usefixtures("everything")
BOTH = {"Maison Verte", "Nordhaus"}


@pytest.fixture
def viewer(maison: Marketplace) -> User:
    """A viewer of Maison Verte, who cannot answer."""
    group = Group.objects.create(name="Viewers")
    Access.objects.create(group=group, marketplace=maison, role=Access.Role.VIEWER)
    person = User.objects.create_user("vera")
    person.groups.add(group)
    return person


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.create_user("oscar")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def everything(maison: Marketplace, nordhaus: Marketplace) -> None:
    """On each of two marketplaces: a thread, a message with a file, and a reply."""
    for marketplace in (maison, nordhaus):
        now = timezone.now()
        thread = Thread.objects.create(marketplace=marketplace, mirakl_id="T1", last_message_at=now)
        message = Message.objects.create(
            marketplace=thread.marketplace, thread=thread, mirakl_id="M1", created_at=now
        )
        Attachment.objects.create(
            marketplace=message.marketplace, message=message, mirakl_id="A1", name="photo.png"
        )
        Outgoing.objects.create(marketplace=marketplace, thread=thread, body="Hello")


def seen_by(user: User) -> set[str]:
    """Returns the marketplaces of a user's visible rows; all kinds of rows must agree."""
    kinds = [
        set(Marketplace.objects.visible_to(user).values_list("name", flat=True)),
        set(Thread.objects.visible_to(user).values_list("marketplace__name", flat=True)),
        set(
            Attachment.objects.visible_to(user).values_list(
                "message__thread__marketplace__name", flat=True
            )
        ),
        set(Outgoing.objects.visible_to(user).values_list("marketplace__name", flat=True)),
    ]
    assert all(kind == kinds[0] for kind in kinds)
    return kinds[0]


def answerable_by(user: User) -> set[str]:
    marketplaces = set(Marketplace.objects.answerable_by(user).values_list("name", flat=True))
    replies = Outgoing.objects.answerable_by(user).values_list("marketplace__name", flat=True)
    assert set(replies) == marketplaces
    return marketplaces


def test_an_agent_sees_and_answers_her_marketplace_only(alice: User) -> None:
    assert seen_by(alice) == {"Maison Verte"}
    assert answerable_by(alice) == {"Maison Verte"}


def test_a_lead_answers_too(bob: User) -> None:
    assert seen_by(bob) == {"Maison Verte"}
    assert answerable_by(bob) == {"Maison Verte"}


def test_an_agent_of_another_marketplace_sees_nothing_of_this_one(charlie: User) -> None:
    assert seen_by(charlie) == {"Nordhaus"}
    assert answerable_by(charlie) == {"Nordhaus"}


def test_a_viewer_reads_and_does_not_answer(viewer: User) -> None:
    assert seen_by(viewer) == {"Maison Verte"}
    assert answerable_by(viewer) == set()


def test_the_widest_of_several_groups_counts(viewer: User, charlie: User) -> None:
    viewer.groups.add(*charlie.groups.all())

    assert seen_by(viewer) == BOTH
    assert answerable_by(viewer) == {"Nordhaus"}


def test_two_groups_on_one_marketplace_show_everything_once(alice: User, viewer: User) -> None:
    alice.groups.add(*viewer.groups.all())

    assert Thread.objects.visible_to(alice).count() == 1


def test_somebody_without_a_group_sees_nothing(outsider: User) -> None:
    assert seen_by(outsider) == answerable_by(outsider) == set()


def test_somebody_who_is_staff_and_in_no_group_sees_nothing(outsider: User) -> None:
    outsider.is_staff = True

    assert seen_by(outsider) == answerable_by(outsider) == set()


def test_somebody_who_left_their_group_sees_nothing(alice: User) -> None:
    alice.groups.clear()

    assert seen_by(alice) == answerable_by(alice) == set()


def test_somebody_unknown_sees_nothing() -> None:
    nobody: Any = AnonymousUser()

    assert seen_by(nobody) == answerable_by(nobody) == set()


def test_a_superuser_sees_and_answers_everything(admin: User) -> None:
    assert seen_by(admin) == answerable_by(admin) == BOTH


@pytest.mark.parametrize("person", ["alice", "admin"])
def test_an_inactive_person_sees_nothing(person: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(person)
    user.is_active = False

    assert seen_by(user) == answerable_by(user) == set()


@pytest.mark.parametrize("person", ["alice", "admin"])
def test_nobody_sees_an_inactive_marketplace(
    person: str, maison: Marketplace, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(person)
    Marketplace.objects.filter(pk=maison.pk).update(is_active=False)

    assert "Maison Verte" not in seen_by(user) | answerable_by(user)
