"""What people set for themselves, and how they sign."""

from collections.abc import Mapping

from django.db import transaction

from inbox.models import Marketplace, Signature, User

# What each person sets for themselves.
FIELDS = [
    *("first_name", "last_name", "language", "time_zone", "theme", "density"),
    *("undo_seconds", "has_shortcuts", "after_sending", "notices"),
]


@transaction.atomic
def save(user: User, *, signatures: Mapping[int, str]) -> None:
    """`signatures` by marketplace; an empty one goes."""
    user.save(update_fields=FIELDS)
    for marketplace_id, text in signatures.items():
        if text:
            Signature.objects.update_or_create(
                user=user, marketplace_id=marketplace_id, defaults={"text": text}
            )
        else:
            Signature.objects.filter(user=user, marketplace=marketplace_id).delete()


def choose_zone(user: User, name: str, *, is_first: bool) -> None:
    """What is `is_first` never takes the place of a choice."""
    rows = User.objects.filter(pk=user.pk)
    (rows.filter(time_zone="") if is_first else rows).update(time_zone=name)


def signature_of(user: User, marketplace: Marketplace) -> str:
    """What an empty box begins with; empty where they have none."""
    found = Signature.objects.filter(user=user, marketplace=marketplace).first()
    return f"\n\n{found.text}" if found else ""


def is_unwritten(text: str, user: User, marketplace: Marketplace) -> bool:
    """Nothing stands in it but, perhaps, the signature that it began with."""
    words = text.replace("\r\n", "\n").strip()
    return not words or words == signature_of(user, marketplace).strip()
