"""Who looks at a page: the person, and what they may do on each marketplace they can see."""

from dataclasses import dataclass
from functools import cached_property

from inbox.models import Access, Marketplace, User

WRITERS = {Access.Role.AGENT, Access.Role.LEAD}


@dataclass(frozen=True)
class Viewer:
    """Made once per request. What it knows of marketplaces costs one query, when first needed."""

    user: User

    @cached_property
    def _roles(self) -> dict[Marketplace, str]:
        return Marketplace.objects.roles_of(self.user)

    @cached_property
    def marketplaces(self) -> list[Marketplace]:
        """All that they can see, by name."""
        return list(self._roles)

    @cached_property
    def in_inbox(self) -> list[Marketplace]:
        """Those whose conversations are in the list of all conversations."""
        return [one for one in self.marketplaces if one.is_in_inbox]

    @property
    def outside_inbox(self) -> list[Marketplace]:
        return [one for one in self.marketplaces if not one.is_in_inbox]

    @property
    def has_place(self) -> bool:
        """Nothing of the desk exists for somebody without access, their own settings included."""
        return self.user.is_superuser or bool(self.marketplaces)

    @property
    def writes_anywhere(self) -> bool:
        return any(role in WRITERS for role in self._roles.values())

    @property
    def leads_anywhere(self) -> bool:
        return Access.Role.LEAD in self._roles.values()

    def may_answer(self, marketplace: Marketplace) -> bool:
        return self._roles.get(marketplace) in WRITERS

    def leads(self, marketplace: Marketplace) -> bool:
        return self._roles.get(marketplace) == Access.Role.LEAD

    def find(self, slug: str) -> Marketplace | None:
        return next((one for one in self.marketplaces if one.slug == slug), None)
