"""Language that a conversation's customer reads."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox.models import Thread
from inbox.services import languages
from inbox.services.marketplaces import orders
from inbox.services.mirror import customer_languages
from inbox.services.mirror.previews import Said


@dataclass(frozen=True)
class ExpectedLanguage:
    """A language code, and a label for where it is known from."""

    code: str
    source: str


def find_expected(thread: Thread) -> ExpectedLanguage | None:
    """The customer's language, from their order, the marketplace or their own messages.

    The thread may be one that has not been started yet.
    """
    if thread.order_id and (
        locale := orders.get_cached_locale(thread.marketplace, thread.order_id)
    ):
        return ExpectedLanguage(languages.base(locale), _("from the order"))
    if language := thread.marketplace.language:
        return ExpectedLanguage(languages.base(language), _("marketplace default"))
    if thread.pk is None:
        return None
    read = thread.messages.with_beginnings().order_by("-created_at", "-pk")
    newest = list(read[: customer_languages.MESSAGES_READ])
    code = customer_languages.detect_language(
        [Said(one.beginning, one.sender_side) for one in reversed(newest)]
    )
    return ExpectedLanguage(code, _("from their messages")) if code else None
