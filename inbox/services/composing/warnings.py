"""Warnings about a message before it is sent: wrong reader, wrong language.

Nothing here blocks sending. Each warning has a kind; a form that sends the kind back has confirmed
the warning.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox.models import Thread
from inbox.services import languages
from inbox.services.composing import expected_language, greetings
from inbox.services.composing.placeholders import MARKER

CUSTOMER, OPERATOR, SHOP = "CUSTOMER", "OPERATOR", "SHOP"

# Phrases used to a colleague, or about an absent customer. Few and certain in each language: they
# must not include anything a shop writes to a customer, also to one it is on first names with.
_INTERNAL = (
    r"(?<![\w.@/])@[^\W\d_]\w++(?![\w.]*@)",
    # English
    r"\b(?:refund|reimburse|compensate|credit|answer|reply to|apologi[sz]e to) (?:him|her|them)\b",
    r"\b(?:do not|don't|don’t|never) (?:tell|call|write to) (?:him|her|them)\b",
    r"(?<!\bby )\b(?:the|this) (?:customer|buyer)\b(?! (?:service|care|support|account|portal))",
    r"\bfor internal use\b|\binternal (?:note|only|use|comment)\b|\binternally\b|\binternal:",
    r"\b(?:our|the) (?:supervisor|team lead)\b",
    # French
    r"\b(?:peux|pourrais)[- ]tu\b[^.?!]{0,40}\b(?:lui|leur|rembourser|valider|regarder|occuper)\b",
    r"(?<!\bpar )\b(?:le|la|ce|cette) client(?:e)?\b",
    r"\ben interne\b|\b(?:note|usage) interne\b|\binterne ?:",
    r"\bne (?:lui|leur) (?:dis|dites|réponds|répondez|rembourse|remboursez) (?:rien|pas)\b",
    # German
    r"\b(?:kannst|könntest) du\b[^.?!]{0,40}"
    r"\b(?:ihm|ihr|ihnen|erstatten|gutschreiben|freigeben|übernehmen|klären)\b",
    r"\b(?:der|dem|den|dieser|diesem|diesen) kunden?\b|\b(?:die|der|dieser) kundin\b",
    r"\binterne? (?:notiz|info|anmerkung)\b|\bnur intern\b|\bintern ?:",
    # Spanish
    r"\b(?:puedes|podrías) (?:reembolsar|devolver|llamar|escribir|contestar)(?:le|les|lo|la)\b",
    r"(?<!\bpor )\b(?:el|la|este|esta) client[ea]\b",
    r"\b(?:nota|uso) interno?a?\b|\binterno ?:",
    # Italian
    r"\b(?:puoi|potresti) (?:rimborsar|chiamar|scriver|risponder)(?:lo|la|gli|le)\b",
    r"\b(?:il|la|questo|questa) cliente\b",
    r"\bnota interna\b|\binternamente\b",
)
# All start at a word boundary, so few positions have to be tried.
_SOUNDS_INTERNAL = re.compile(rf"(?<!\w)(?=@?\w)(?:{'|'.join(_INTERNAL)})", re.IGNORECASE)

# What people leave for a missing word: [PRICE], [your name], XXX, XX,XX, ____. A line of only
# underscores is a separator. Digits in brackets are references, and two letters a language.
_GAP = re.compile(
    r"(?<![\w\[])\[(?!(?:sic|dot)\])[^\W\d_](?:[^\W\d]|[ ./'’-]){2,38}\](?![\w(\]])"
    r"|(?<![\w,.-])X{3,}(?![\w-]| ?\d)|(?<![\w,.-])X{1,3}[,.]XX(?![\w-])"
    r"|(?<![_\w])_{3,}(?![_\w])"
)
_SEPARATOR = re.compile(r"^[ \t]*+_++[ \t]*+$", re.MULTILINE)
# Text of others: lines quoted as in mail, and text in quotation marks.
_QUOTED = re.compile(
    r"^[ \t]*>.*$|\"[^\"\n]{0,300}\"|“[^”\n]{0,300}”|„[^“”\n]{0,300}[“”]"
    r"|«[^»\n]{0,300}»|»[^«\n]{0,300}«",
    re.MULTILINE,
)


@dataclass(frozen=True)
class SendWarning:
    kind: str
    text: str


def find_warnings(
    thread: Thread, body: str, *, to: Collection[str], begun_for: Collection[str]
) -> list[SendWarning]:
    """The warnings to confirm before this text goes to these types of participants.

    `begun_for`: the recipients when the draft was last saved.
    """
    found = [
        _gap(body),
        _internal(body, to),
        _unread_greeting(thread, body, to),
        _other_reader(to, begun_for),
        _copied(thread, to),
        _other_language(thread, body, to),
    ]
    return [one for one in found if one]


def sounds_internal(body: str) -> str:
    """The phrase that sounds internal; empty if there is none."""
    found = _SOUNDS_INTERNAL.search(" ".join(body.split()))
    return found[0].strip() if found else ""


def gap_in(body: str) -> str:
    """The first gap that is still to be filled; empty if there is none."""
    found = _GAP.search(_SEPARATOR.sub("", _QUOTED.sub("", body)))
    return found[0] if found else ""


def _gap(body: str) -> SendWarning | None:
    if not (gap := gap_in(body)):
        return None
    return SendWarning("gap", _("“%(gap)s” looks like a gap to fill.") % {"gap": gap})


def _internal(body: str, to: Collection[str]) -> SendWarning | None:
    if CUSTOMER not in to or not (phrase := sounds_internal(body)):
        return None
    words = _("“%(phrase)s” sounds like a note to a colleague, but the customer will read it.")
    return SendWarning("internal", words % {"phrase": phrase})


def _unread_greeting(thread: Thread, body: str, to: Collection[str]) -> SendWarning | None:
    """The text greets the customer, but only others would receive it."""
    if CUSTOMER in to or thread.marketplace.our_side == CUSTOMER:
        return None
    if not greetings.greets(body, thread.customer_name):
        return None
    words = {
        frozenset({OPERATOR}): _(
            "This message greets the customer, but only the operator will read it."
        ),
        frozenset({SHOP}): _("This message greets the customer, but only the shop will read it."),
    }.get(frozenset(to), _("This message greets the customer, but the customer won't read it."))
    return SendWarning("greeting", words)


def _other_reader(to: Collection[str], begun_for: Collection[str]) -> SendWarning | None:
    if not begun_for:
        return None
    if CUSTOMER in to and CUSTOMER not in begun_for:
        return SendWarning(
            "reader",
            _(
                "The recipients have changed since you started this "
                "reply. The customer will read it now."
            ),
        )
    if not set(to) & set(begun_for):
        return SendWarning("reader", _("The recipients have changed since you started this reply."))
    return None


def _copied(thread: Thread, to: Collection[str]) -> SendWarning | None:
    if not (thread.marketplace.discourages_operator_copy and {CUSTOMER, OPERATOR} <= set(to)):
        return None
    words = _(
        "%(name)s asks sellers not to copy the operator on customer messages. The "
        "operator can read them anyway."
    )
    return SendWarning("copied", words % {"name": thread.marketplace.name})


def _other_language(thread: Thread, body: str, to: Collection[str]) -> SendWarning | None:
    if CUSTOMER not in to or not (written := languages.detect(MARKER.sub(" ", body))):
        return None
    expected = expected_language.find_expected(thread)
    if expected is None or expected.code == written:
        return None
    words = _(
        "This looks like %(written)s, but the customer's language is %(expected)s (%(source)s)."
    )
    return SendWarning(
        "language",
        words
        % {
            "written": languages.name_of(written),
            "expected": languages.name_of(expected.code),
            "source": expected.source,
        },
    )
