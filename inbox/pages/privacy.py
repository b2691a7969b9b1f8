"""The page that tells what is stored where and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.forms.privacy import CustomerForm, EraseForm
from inbox.models import Erasure, Marketplace
from inbox.services.privacy import erasing, retention
from inbox.services.privacy.retention import Old
from inbox.services.privacy.stores import STORES
from inbox.services.privacy.subjects import Subject


@dataclass(frozen=True)
class StoreRow:
    """`found` is None while no customer is looked for."""

    label: str
    holds: str
    found: int | None


@dataclass(frozen=True)
class PrivacyPage:
    """`old` has what the next night deletes, by marketplace, where a limit is set."""

    form: CustomerForm
    erase_form: EraseForm | None
    stores: Sequence[StoreRow]
    conversations: int
    old: Sequence[Old]
    without_limit: Sequence[Marketplace]
    unfinished: int
    problem: str = ""


def privacy_page(form: CustomerForm, subject: Subject | None, problem: str = "") -> PrivacyPage:
    found = {label: number for label, _holds, number in erasing.count(subject)} if subject else {}
    marketplaces = list(Marketplace.objects.order_by("name"))
    limited = [one for one in marketplaces if one.keeps_something_for_days]
    erases = subject is not None and subject.is_known
    return PrivacyPage(
        form=form,
        erase_form=EraseForm(initial=form.data.dict()) if erases else None,  # type: ignore[attr-defined]
        stores=[
            StoreRow(str(one.label), str(one.holds), found.get(str(one.label))) for one in STORES
        ],
        conversations=len(subject.threads) if subject else 0,
        old=[retention.count(one) for one in limited],
        without_limit=[one for one in marketplaces if one not in limited],
        unfinished=Erasure.objects.filter(finished_at=None).count(),
        problem=problem,
    )
