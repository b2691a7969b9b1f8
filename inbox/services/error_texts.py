"""Error texts for agents: why a reply was not sent, why a part of a page is missing."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inbox import mirakl
from inbox.dates import format_moment
from inbox.models import Marketplace, Outgoing
from inbox.models.told import Told
from inbox.services import failure_texts
from inbox.text import storable

LONGEST_QUOTE = 500


def refusal(error: mirakl.Refused, by: Marketplace) -> Told:
    """For a reply that Mirakl refused: the reason, and what to do."""
    match error:
        case mirakl.BadCredentials() if error.message:
            words = gettext_noop(
                "%(name)s refused our key: “%(quote)s”. Ask an admin to enter a new one, then send"
                " again."
            )
        case mirakl.BadCredentials():
            words = gettext_noop(
                "%(name)s refused our key. Ask an admin to enter a new one, then send again."
            )
        case mirakl.Forbidden() if error.message:
            words = gettext_noop(
                "%(name)s does not allow it: “%(quote)s”. Put that right or ask an admin, then send"
                " again."
            )
        case mirakl.Forbidden():
            words = gettext_noop(
                "%(name)s does not let our key write here. Ask an admin, then send again."
            )
        case mirakl.NotFound() if error.message:
            words = gettext_noop(
                "%(name)s no longer knows what this is about: “%(quote)s”. Copy the text, then"
                " discard it."
            )
        case mirakl.NotFound():
            words = gettext_noop(
                "%(name)s no longer knows what this is about. Copy the text, then discard it."
            )
        case mirakl.TooLarge() if error.message:
            words = gettext_noop(
                "%(name)s says that it is too large: “%(quote)s”. Discard it and send less."
            )
        case mirakl.TooLarge():
            words = gettext_noop("%(name)s says that it is too large. Discard it and send less.")
        case _other if error.message:
            words = gettext_noop(
                "%(name)s refused it: “%(quote)s”. Put that right, then send again."
            )
        case _other if error.kind:
            words = gettext_noop(
                "%(name)s did not take it. %(cause)s Ask an admin, then send again."
            )
        case _:
            words = gettext_noop(
                "%(name)s refused it without a reason (it answered %(status)s). Send it again"
                " later, or ask an admin."
            )
    return Told(words, _about_stored(error, by))


def _quote(said: str) -> str:
    """The marketplace's text on one line, at most LONGEST_QUOTE characters, as it is stored."""
    words = " ".join(storable(said).split())
    return Truncator(words).chars(LONGEST_QUOTE).rstrip(". ")


def outrun() -> Told:
    return Told(
        gettext_noop(
            "Somebody wrote here before your reply left, so it was held back. Read that, then"
            " send it again or edit it."
        )
    )


def refused_document(file: str, reason: str, by: Marketplace) -> Told:
    words = gettext_noop(
        "%(name)s does not take “%(file)s”: %(reason)s. Discard this, and choose again."
    )
    return Told(words, {"name": by.name, "file": file, "reason": _quote(reason)})


def invalid(error: mirakl.Invalid) -> Told:
    return Told(gettext_noop("It was not sent: %(reason)s"), {"reason": error.reason})


def lost_file(name: str) -> Told:
    return Told(
        gettext_noop("“%(name)s” is no longer here. Discard this reply and attach it again."),
        {"name": name},
    )


def postponement(error: Exception, by: Marketplace, until: datetime) -> Told:
    """For a reply that was not sent yet and is retried by itself."""
    match error:
        case mirakl.RateLimited():
            words = gettext_noop("%(name)s asks us to wait. It goes out by itself at %(when)s.")
        case mirakl.TooLate():
            words = gettext_noop(
                "Sending was held up, and nothing was sent. We try again at %(when)s."
            )
        case mirakl.NotSent():
            words = gettext_noop(
                "%(name)s cannot be reached. We try again by ourselves at %(when)s."
            )
        case _:
            words = gettext_noop(
                "Its files cannot be fetched. We try again by ourselves at %(when)s."
            )
    return Told(words, {"name": by.name, "when": until.isoformat()})


def surrender(error: Exception, by: Marketplace) -> Told:
    """For a reply that was not sent and is not retried."""
    match error:
        case mirakl.RateLimited():
            words = gettext_noop(
                "%(name)s accepts no more for now. Nothing was sent: send it again later."
            )
        case mirakl.TooLate():
            words = gettext_noop(
                "Sending was held up, and nothing was sent: send it again, or ask an admin."
            )
        case mirakl.NotSent():
            words = gettext_noop(
                "%(name)s could not be reached. Nothing was sent: send it again later."
            )
        case _:
            words = gettext_noop("Its files could not be fetched. Nothing was sent: ask an admin.")
    return Told(words, {"name": by.name})


def doubt(by: Marketplace) -> Told:
    return Told(
        gettext_noop(
            "%(name)s did not confirm it, so it may have arrived. We look for it there before"
            " anything is sent again."
        ),
        {"name": by.name},
    )


def absence(by: Marketplace) -> Told:
    return Told(
        gettext_noop(
            "We looked twice, and %(name)s does not have it. Send it again, or discard it."
        ),
        {"name": by.name},
    )


def likeness(by: Marketplace) -> Told:
    return Told(
        gettext_noop(
            "%(name)s shows something of ours that is not word for word the same. Compare the two,"
            " and say whether it is this one: then nothing is sent twice."
        ),
        {"name": by.name},
    )


def look(reply: Outgoing, at: datetime) -> str:
    """Result of a check that a user requested; empty if the reply's state says it all."""
    if reply.state == Outgoing.State.SENT:
        return _("It has arrived: %(name)s shows it.") % {"name": reply.marketplace.name}
    if reply.needs_person or reply.needs_comparison:
        return ""
    when = format_moment(at, "H:i:s")
    return _("At %(when)s it was not there yet. We look once more in half a minute.") % {
        "when": when
    }


def no_look(error: mirakl.MiraklError, by: Marketplace) -> str:
    if isinstance(error, mirakl.BadCredentials | mirakl.Forbidden):
        words = _("%(name)s does not let our key look. Ask an admin.")
    else:
        words = _("%(name)s does not answer right now, so we could not look. Try again soon.")
    return words % {"name": by.name}


def not_shown(error: mirakl.MiraklError, by: Marketplace) -> str:
    """Why a part of a page cannot be shown, and what to do."""
    match error:
        case mirakl.RateLimited():
            words = _("%(name)s asks us to wait a little. Try again in a minute.")
        case mirakl.BadCredentials() | mirakl.Forbidden() if error.message:
            words = _("%(name)s does not show this to our key: “%(quote)s”. Ask an admin.")
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s does not show this to our key. Ask an admin.")
        case mirakl.Refused() if error.message:
            words = _("%(name)s does not show this: “%(quote)s”.")
        case mirakl.Refused() | mirakl.Garbled() if error.kind:
            words = _("%(name)s does not show this. %(cause)s Ask an admin.")
        case mirakl.Refused():
            words = _(
                "%(name)s does not show this (it answered %(status)s). Try again later, or ask an"
                " admin."
            )
        case _:
            words = _("%(name)s did not answer. Try again in a minute.")
    return words % _about(error, by)


def not_deleted(error: mirakl.MiraklError, by: Marketplace) -> str:
    """Why a document is still there, or may be (OR76)."""
    match error:
        case mirakl.RateLimited():
            words = _("%(name)s asks us to wait. The document is still there; try again soon.")
        case mirakl.Refused() if error.message:
            words = _("%(name)s does not delete this document: “%(quote)s”.")
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s does not let our key delete this document. Ask an admin.")
        case mirakl.Refused() if error.kind:
            words = _("%(name)s does not delete this document. %(cause)s Ask an admin.")
        case mirakl.Refused():
            words = _(
                "%(name)s does not delete this document (it answered %(status)s). Try again later,"
                " or ask an admin."
            )
        case mirakl.Uncertain():
            words = _("%(name)s did not say whether the document is gone. Look at the order again.")
        case _:
            words = _(
                "%(name)s did not answer. The document is still there; try again in a minute."
            )
    return words % _about(error, by)


def _about_stored(error: mirakl.MiraklError, by: Marketplace) -> dict[str, Any]:
    """Not translated: the error is stored and shown in each reader's language."""
    with translation.override(None):
        return _about(error, by)


def _about(error: mirakl.MiraklError, by: Marketplace) -> dict[str, Any]:
    refused = error if isinstance(error, mirakl.Refused) else mirakl.Refused()
    return {
        "name": by.name,
        "quote": _quote(refused.message),
        "cause": failure_texts.in_words(error.kind or ""),
        "status": refused.status,
    }


def taken_back() -> Told:
    return Told(
        gettext_noop("You took it back, and nothing was sent. Edit it, send it, or discard it.")
    )


def stopped(reply: Outgoing) -> Told:
    if reply.kind == Outgoing.Kind.DOCUMENT:
        # Started threads are sent one by one: some may have arrived.
        return Told(
            gettext_noop("It was stopped. Send again what has not arrived yet, or discard it.")
        )
    words = gettext_noop(
        "It was stopped before all of it had left, so %(name)s does not have it. Edit it, send it"
        " again, or discard it."
    )
    return Told(words, {"name": reply.marketplace.name})


def another_file(by: Marketplace) -> str:
    return _(
        "%(name)s sent something else than this file. Try again in a minute, or ask an admin."
    ) % {"name": by.name}


def sign_in_instead(by: Marketplace) -> str:
    return _(
        "%(name)s asked the desk to sign in instead of sending this file. Ask an admin to check"
        " the credentials and the address."
    ) % {"name": by.name}


def no_download(error: mirakl.MiraklError, by: Marketplace) -> str:
    match error:
        case mirakl.NotFound():
            words = _("%(name)s no longer has this file.")
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s does not give this file to our key. Ask an admin.")
        case mirakl.Refused(status=416):
            words = _("%(name)s has no more of this file than you have. Download it anew.")
        case mirakl.Refused(kind=mirakl.FailureKind.SIGN_IN):
            return sign_in_instead(by)
        case mirakl.Refused() if error.kind:
            words = _("%(name)s does not give us this file. %(cause)s Ask an admin.")
        case _:
            words = _("%(name)s cannot give us this file right now. Try again in a minute.")
    return words % {"name": by.name, "cause": failure_texts.in_words(error.kind or "")}


def held() -> str:
    """For a reply that is held back on this desk."""
    return _(
        "This desk was restored from a back-up: it sends nothing until an admin resumes sending."
    )
