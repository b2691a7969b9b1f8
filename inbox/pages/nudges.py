"""The page on which messages to slow shops are read before they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.dates import format_moment
from inbox.forms.nudges import NudgeForm, NudgeTopicForm, chosen_shops
from inbox.forms.numbers import is_number
from inbox.forms.replies import new_token
from inbox.models import CannedReply, Marketplace, Outgoing, Participant, Thread, User
from inbox.pages.canned import fitting
from inbox.pages.viewer import Viewer
from inbox.services.composing import canned_replies
from inbox.services.insight.shop_replies import ShopReplies, read_shops
from inbox.services.marketplaces import reasons
from inbox.services.marketplaces.reasons import Reason
from inbox.services.outbox import nudges


@dataclass(frozen=True)
class NudgePage:
    """`canned` is the canned reply that the texts were made of; `shops` are in the address."""

    marketplace: Marketplace
    topic: NudgeTopicForm
    forms: Sequence[NudgeForm]
    reasons: Sequence[Reason]
    canned: CannedReply | None

    @property
    def form(self) -> NudgeTopicForm:
        """As `_topic.html` calls it."""
        return self.topic


def build_page(
    viewer: Viewer, where: Marketplace, query: QueryDict, data: QueryDict | None
) -> NudgePage:
    """The forms of the shops in the address, with what was sent in `data`."""
    offered = reasons.list_offered(where, Outgoing.Kind.OPERATOR_THREAD.entity_type)
    canned = _find_canned(viewer, where, query)
    as_of = where.mirror.refreshed_at
    known = {one.id: one for one in read_shops(where, as_of)} if as_of else {}
    shops = [known[one] for one in chosen_shops(query) if one in known]
    last = nudges.find_last_messages(where, [one.id for one in shops])
    return NudgePage(
        where,
        NudgeTopicForm(data, reasons=offered),
        [_build_form(viewer.user, where, one, canned, last, data) for one in shops],
        offered,
        canned,
    )


def _build_form(
    user: User,
    where: Marketplace,
    shop: ShopReplies,
    canned: CannedReply | None,
    last: Mapping[str, Outgoing],
    data: QueryDict | None,
) -> NudgeForm:
    side = Participant("SHOP", shop.id, shop.name or shop.id)
    body = _write_text(user, where, shop, canned)
    written = last.get(shop.id)
    initial = {"token": new_token(), "body": body, "send": written is None, "to": ["SHOP"]}
    return NudgeForm(data, where=where, shop=side, last=written, initial=initial)


def _find_canned(viewer: Viewer, where: Marketplace, query: QueryDict) -> CannedReply | None:
    pk = query.get("canned", "")
    return (
        fitting(viewer, Thread(marketplace=where)).filter(pk=pk).first() if is_number(pk) else None
    )


def _write_text(
    user: User, where: Marketplace, shop: ShopReplies, canned: CannedReply | None
) -> str:
    if canned is None:
        return _describe_silence(where, shop)
    about = Thread(marketplace=where, shop_name=shop.name)
    (found,) = canned_replies.fill_replies(about, [canned], by=user)
    return found.filled.text


def _describe_silence(where: Marketplace, shop: ShopReplies) -> str:
    """A text to begin with."""
    if not shop.silent:
        return _("Please answer your customers sooner.")
    number = len(shop.silent)
    words = ngettext(
        "%(number)d conversation has waited for your reply for more than %(limit)d hours, since"
        " %(moment)s. Please answer it today.",
        "%(number)d conversations have waited for your reply for more than %(limit)d hours, the"
        " oldest since %(moment)s. Please answer them today.",
        number,
    )
    return words % {
        "number": number,
        "limit": where.reply_limit_hours,
        "moment": format_moment(shop.silent[0].wait.asked_at),
    }
