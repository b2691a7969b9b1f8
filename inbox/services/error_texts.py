"""Error texts for agents: why a reply was not sent, why a part of a page is missing."""

from datetime import datetime

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inbox import mirakl
from inbox.dates import format_moment
from inbox.models import Marketplace, Outgoing
from inbox.models.error_text import ErrorText
from inbox.services import failure_texts
from inbox.text import storable

LONGEST_QUOTE = 500


def refusal(error: mirakl.Refused, by: Marketplace) -> ErrorText:
    """For a reply that Mirakl refused: the reason, and what to do."""
    match error:
        case mirakl.BadCredentials() if error.message:
            words = gettext_noop(
                "%(name)s rejected the credentials: “%(quote)s”. Ask your admin to "
                "update them, then send again."
            )
        case mirakl.BadCredentials():
            words = gettext_noop(
                "%(name)s rejected the credentials. Ask your admin to update them, then send again."
            )
        case mirakl.Forbidden() if error.message:
            words = gettext_noop(
                "%(name)s doesn't allow this reply: “%(quote)s”. Fix the problem or ask "
                "your admin, then send again."
            )
        case mirakl.Forbidden():
            words = gettext_noop(
                "%(name)s doesn't allow these credentials to send here. Ask your admin, "
                "then send again."
            )
        case mirakl.NotFound() if error.message:
            words = gettext_noop(
                "%(name)s can't find this conversation or order: “%(quote)s”. Copy your "
                "text, then discard this reply."
            )
        case mirakl.NotFound():
            words = gettext_noop(
                "%(name)s can't find this conversation or order. Copy your text, then "
                "discard this reply."
            )
        case mirakl.TooLarge() if error.message:
            words = gettext_noop(
                "This reply is too large for %(name)s: “%(quote)s”. Discard it and send "
                "a shorter one."
            )
        case mirakl.TooLarge():
            words = gettext_noop(
                "This reply is too large for %(name)s. Discard it and send a shorter one."
            )
        case _:
            words = _other_refusal(error)
    return ErrorText(words, _about_stored(error, by))


def _other_refusal(error: mirakl.Refused) -> str:
    if error.message:
        return gettext_noop(
            "%(name)s rejected this reply: “%(quote)s”. Fix the problem, then send again."
        )
    if error.kind:
        return gettext_noop(
            "%(name)s didn't accept this reply. %(cause)s Ask your admin, then send again."
        )
    return gettext_noop(
        "%(name)s rejected this reply without giving a reason (status %(status)s). "
        "Send it again later, or ask your admin."
    )


def _quote(said: str) -> str:
    """The marketplace's text on one line, at most LONGEST_QUOTE characters, as it is stored."""
    words = " ".join(storable(said).split())
    return Truncator(words).chars(LONGEST_QUOTE).rstrip(". ")


def outrun() -> ErrorText:
    return ErrorText(
        gettext_noop(
            "A new message arrived before your reply was sent, so it was held back. Read "
            "the message, then send or edit your reply."
        )
    )


def refused_document(file: str, reason: str, by: Marketplace) -> ErrorText:
    words = gettext_noop(
        "%(name)s doesn't accept “%(file)s”: %(reason)s. Discard this and choose another file."
    )
    return ErrorText(words, {"name": by.name, "file": file, "reason": _quote(reason)})


def invalid(error: mirakl.Invalid) -> ErrorText:
    return ErrorText(gettext_noop("Not sent: %(reason)s"), {"reason": error.reason})


def lost_file(name: str) -> ErrorText:
    return ErrorText(
        gettext_noop(
            "“%(name)s” is no longer available. Discard this reply and attach the file again."
        ),
        {"name": name},
    )


def postponement(error: Exception, by: Marketplace, until: datetime) -> ErrorText:
    """For a reply that was not sent yet and is retried by itself."""
    match error:
        case mirakl.RateLimited():
            words = gettext_noop(
                "%(name)s is limiting requests. Your reply will be sent automatically at %(when)s."
            )
        case mirakl.TooLate():
            words = gettext_noop(
                "Sending was interrupted and nothing was sent. We'll try again at %(when)s."
            )
        case mirakl.NotSent():
            words = gettext_noop("%(name)s can't be reached. We'll try again at %(when)s.")
        case _:
            words = gettext_noop("The attached files can't be loaded. We'll try again at %(when)s.")
    return ErrorText(words, {"name": by.name, "when": until.isoformat()})


def surrender(error: Exception, by: Marketplace) -> ErrorText:
    """For a reply that was not sent and is not retried."""
    match error:
        case mirakl.RateLimited():
            words = gettext_noop(
                "%(name)s isn't accepting more messages right now. Nothing was sent. "
                "Send it again later."
            )
        case mirakl.TooLate():
            words = gettext_noop(
                "Sending was interrupted and nothing was sent. Send it again, or ask your admin."
            )
        case mirakl.NotSent():
            words = gettext_noop(
                "%(name)s couldn't be reached. Nothing was sent. Send it again later."
            )
        case _:
            words = gettext_noop(
                "The attached files couldn't be loaded. Nothing was sent. Ask your admin."
            )
    return ErrorText(words, {"name": by.name})


def unconfirmed(by: Marketplace) -> ErrorText:
    return ErrorText(
        gettext_noop(
            "%(name)s didn't confirm this reply, so it may have arrived. We'll check "
            "before anything is sent again."
        ),
        {"name": by.name},
    )


def absence(by: Marketplace) -> ErrorText:
    return ErrorText(
        gettext_noop(
            "We checked twice and didn't find this reply on %(name)s. Send it again or discard it."
        ),
        {"name": by.name},
    )


def likeness(by: Marketplace) -> ErrorText:
    return ErrorText(
        gettext_noop(
            "%(name)s has a similar message from you. Compare the two and tell us if "
            "it's this reply, so nothing is sent twice."
        ),
        {"name": by.name},
    )


def check_result(reply: Outgoing, at: datetime) -> str:
    """Result of a check that a user requested; empty if the reply's state says it all."""
    if reply.state == Outgoing.State.SENT:
        return _("Delivered. %(name)s shows this reply.") % {"name": reply.marketplace.name}
    if reply.needs_person or reply.needs_comparison:
        return ""
    when = format_moment(at, "H:i:s")
    return _("Not found yet at %(when)s. We'll check again in 30 seconds.") % {"when": when}


def check_failed(error: mirakl.MiraklError, by: Marketplace) -> str:
    if isinstance(error, mirakl.BadCredentials | mirakl.Forbidden):
        words = _("%(name)s doesn't allow these credentials to check. Ask your admin.")
    else:
        words = _("%(name)s isn't responding, so we couldn't check. Try again in a minute.")
    return words % {"name": by.name}


def not_shown(error: mirakl.MiraklError, by: Marketplace) -> str:
    """Why a part of a page cannot be shown, and what to do."""
    match error:
        case mirakl.RateLimited():
            words = _("%(name)s is limiting requests. Try again in a minute.")
        case mirakl.BadCredentials() | mirakl.Forbidden() if error.message:
            words = _(
                "%(name)s doesn't allow these credentials to read this: "
                "“%(quote)s”. Ask your admin."
            )
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s doesn't allow these credentials to read this. Ask your admin.")
        case mirakl.Refused() if error.message:
            words = _("%(name)s couldn't show this: “%(quote)s”.")
        case mirakl.Refused() | mirakl.Garbled() if error.kind:
            words = _("%(name)s couldn't show this. %(cause)s Ask your admin.")
        case mirakl.Refused():
            words = _(
                "%(name)s couldn't show this (status %(status)s). Try again later, or "
                "ask your admin."
            )
        case _:
            words = _("%(name)s didn't respond. Try again in a minute.")
    return words % _about(error, by)


def not_deleted(error: mirakl.MiraklError, by: Marketplace) -> str:
    """Why a document is still there, or may be (OR76)."""
    match error:
        case mirakl.RateLimited():
            words = _(
                "%(name)s is limiting requests. The document wasn't deleted. Try again in a minute."
            )
        case mirakl.Refused() if error.message:
            words = _("%(name)s couldn't delete this document: “%(quote)s”.")
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _(
                "%(name)s doesn't allow these credentials to delete this document. Ask your admin."
            )
        case mirakl.Refused() if error.kind:
            words = _("%(name)s couldn't delete this document. %(cause)s Ask your admin.")
        case mirakl.Refused():
            words = _(
                "%(name)s couldn't delete this document (status %(status)s). Try again "
                "later, or ask your admin."
            )
        case mirakl.Uncertain():
            words = _(
                "%(name)s didn't confirm that the document was deleted. Check the order again."
            )
        case _:
            words = _(
                "%(name)s didn't respond. The document wasn't deleted. Try again in a minute."
            )
    return words % _about(error, by)


def _about_stored(error: mirakl.MiraklError, by: Marketplace) -> dict[str, str | int]:
    """Not translated: the error is stored and shown in each reader's language."""
    with translation.override(None):
        return _about(error, by)


def _about(error: mirakl.MiraklError, by: Marketplace) -> dict[str, str | int]:
    refused = error if isinstance(error, mirakl.Refused) else mirakl.Refused()
    return {
        "name": by.name,
        "quote": _quote(refused.message),
        "cause": failure_texts.describe_kind(error.kind or ""),
        "status": refused.status,
    }


def taken_back() -> ErrorText:
    return ErrorText(
        gettext_noop("You canceled this reply and nothing was sent. Edit, send or discard it.")
    )


def stopped(reply: Outgoing) -> ErrorText:
    if reply.kind == Outgoing.Kind.DOCUMENT:
        # Started threads are sent one by one: some may have arrived.
        return ErrorText(gettext_noop("Sending was canceled. Send the rest again or discard it."))
    words = gettext_noop(
        "Sending was canceled before it was complete, so %(name)s doesn't have this "
        "reply. Edit, send or discard it."
    )
    return ErrorText(words, {"name": reply.marketplace.name})


def another_file(by: Marketplace) -> str:
    return _(
        "%(name)s returned something other than this file. Try again in a minute, or ask "
        "your admin."
    ) % {"name": by.name}


def sign_in_instead(by: Marketplace) -> str:
    return _(
        "%(name)s asked Helpdesk to log in instead of sending this file. Ask your admin to check"
        " the credentials and the address."
    ) % {"name": by.name}


def no_download(error: mirakl.MiraklError, by: Marketplace) -> str:
    match error:
        case mirakl.NotFound():
            words = _("%(name)s no longer has this file.")
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _(
                "%(name)s doesn't allow these credentials to download this file. Ask your admin."
            )
        case mirakl.Refused(status=416):
            words = _("This download can't be resumed. Download the file again.")
        case mirakl.Refused(kind=mirakl.FailureKind.SIGN_IN):
            return sign_in_instead(by)
        case mirakl.Refused() if error.kind:
            words = _("%(name)s couldn't provide this file. %(cause)s Ask your admin.")
        case _:
            words = _("%(name)s can't provide this file right now. Try again in a minute.")
    return words % {"name": by.name, "cause": failure_texts.describe_kind(error.kind or "")}


def held() -> str:
    """For a reply that is held back on this desk."""
    return _("Helpdesk was restored from a backup. Nothing is sent until an admin resumes sending.")
