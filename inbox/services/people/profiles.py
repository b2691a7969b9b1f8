"""Users' own settings, and their signatures."""

from collections.abc import Mapping

from django.db import transaction

from inbox.models import Marketplace, Signature, User

# The settings that users edit.
FIELDS = [
    *("first_name", "last_name", "language", "time_zone", "theme", "density"),
    *("undo_seconds", "has_shortcuts", "after_sending", "notices"),
]


@transaction.atomic
def save_settings(user: User, *, signatures: Mapping[int, str]) -> None:
    """Save the user's settings; `signatures` by marketplace, where an empty one is deleted."""
    user.save(update_fields=FIELDS)
    for marketplace_id, text in signatures.items():
        if text:
            Signature.objects.update_or_create(
                user=user, marketplace_id=marketplace_id, defaults={"text": text}
            )
        else:
            Signature.objects.filter(user=user, marketplace=marketplace_id).delete()


def set_time_zone(user: User, name: str, *, is_first: bool) -> None:
    """Set the time zone. A guess (`is_first`) never replaces a choice."""
    rows = User.objects.filter(pk=user.pk)
    (rows.filter(time_zone="") if is_first else rows).update(time_zone=name)


def find_signature(user: User, marketplace: Marketplace) -> str:
    """The signature that an empty reply begins with; empty if there is none."""
    found = Signature.objects.filter(user=user, marketplace=marketplace).first()
    return f"\n\n{found.text}" if found else ""


def is_blank_or_signature(text: str, user: User, marketplace: Marketplace) -> bool:
    """Whether the text is empty, or nothing but the signature."""
    words = text.replace("\r\n", "\n").strip()
    return not words or words == find_signature(user, marketplace).strip()
