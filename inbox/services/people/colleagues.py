"""Colleagues who see a marketplace, and so can be mentioned there."""

from django.db.models import Q, QuerySet

from inbox.models import Marketplace, User
from inbox.models.people import MENTION

# Longer than a list to pick from; names beyond it can still be typed.
MOST_OFFERED = 200


def who_see(marketplace: Marketplace) -> QuerySet[User]:
    allowed = Q(is_superuser=True) | Q(groups__access__marketplace=marketplace)
    return User.objects.filter(allowed, is_active=True).distinct().order_by("username")


def named_in(text: str, marketplace: Marketplace) -> list[User]:
    """Users mentioned by user name, without those who may not see the marketplace."""
    names = {found.lower() for found in MENTION.findall(text)}
    # "Ask @bob." ends a sentence; "@b.o.b" is a name.
    names |= {name.rstrip(".-+@") for name in names}
    if not names:
        return []
    return [one for one in who_see(marketplace) if one.get_username().lower() in names]
