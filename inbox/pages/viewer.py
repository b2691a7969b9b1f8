"""The user who looks at a page, and what they may do on each marketplace."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, QuerySet, Subquery

from inbox.models import Access, Marketplace, Signature, User
from inbox.models.live_changes import CursorNow
from inbox.models.prepared import prepared


@dataclass(frozen=True)
class Viewer:
    """Made once per request. Reads marketplaces, roles and signatures in one query, when needed."""

    user: User

    @cached_property
    def _known(self) -> dict[Marketplace, tuple[str, str]]:
        """The role and the signature on each visible marketplace."""
        user = self.user
        rows = _connections(user.is_superuser, user.is_active, user=user.pk)
        return {one: (vars(one).pop("highest"), vars(one).pop("signature") or "") for one in rows}

    @property
    def cursor(self) -> str:
        """Where the live channel begins for a page of this request: all that it reads is newer.

        Empty without a marketplace.
        """
        return next((vars(one)["cursor"] for one in self._known), "")

    @cached_property
    def marketplaces(self) -> list[Marketplace]:
        """All visible marketplaces, by name."""
        return list(self._known)

    @cached_property
    def in_inbox(self) -> list[Marketplace]:
        """Marketplaces whose conversations are in the inbox."""
        return [one for one in self.marketplaces if one.is_in_inbox]

    @property
    def outside_inbox(self) -> list[Marketplace]:
        return [one for one in self.marketplaces if not one.is_in_inbox]

    @property
    def has_place(self) -> bool:
        """False for users without access: no page exists for them, not even their settings."""
        return self.user.is_superuser or bool(self.marketplaces)

    @property
    def writes_anywhere(self) -> bool:
        return any(role in Access.WRITERS for role, _signature in self._known.values())

    @property
    def leads_anywhere(self) -> bool:
        return any(role == Access.Role.LEAD for role, _signature in self._known.values())

    def may_answer(self, marketplace: Marketplace) -> bool:
        return self._role_on(marketplace) in Access.WRITERS

    def leads(self, marketplace: Marketplace) -> bool:
        return self._role_on(marketplace) == Access.Role.LEAD

    def _role_on(self, marketplace: Marketplace) -> str:
        role, _signature = self._known.get(marketplace, ("", ""))
        return role

    def signature_on(self, marketplace: Marketplace) -> str:
        """The text that an empty reply begins with; empty without a signature."""
        _role, text = self._known.get(marketplace, ("", ""))
        return f"\n\n{text}" if text else ""

    def find(self, slug: str) -> Marketplace | None:
        return next((one for one in self.marketplaces if one.slug == slug), None)


@prepared
def _connections(is_superuser: bool, is_active: bool, *, user: int) -> QuerySet[Marketplace]:
    """With the user's role and signature."""
    who = User(pk=user, is_superuser=is_superuser, is_active=is_active)
    texts = Signature.objects.filter(user=who, marketplace=OuterRef("pk")).values("text")
    shown = Marketplace.objects.annotate(signature=Subquery(texts), cursor=CursorNow())
    return shown.with_roles_of(who)
