"""Detects messages that need no answer: thanks and greetings only."""

import re

from inbox.word_forms import fold

# A longer message says something more.
LONGEST = 220  # characters
MOST_WORDS_LEFT = 1
ASKS = re.compile(r"[?？؟]|\d")
# Folded: lower case, no accents, no punctuation. English, French, German, Spanish, Italian.
THANKS = [
    "thank you so much", "thank you very much", "thank you", "thanks a lot", "many thanks",
    "thanks", "thx", "cheers",
    "merci beaucoup", "merci bien", "mille mercis", "un grand merci", "merci", "je vous remercie",
    "vielen lieben dank", "vielen dank", "herzlichen dank", "besten dank", "lieben dank",
    "danke schon", "danke sehr", "danke", "ich danke ihnen",
    "muchas gracias", "mil gracias", "gracias",
    "grazie mille", "molte grazie", "tante grazie", "grazie", "la ringrazio",
]  # fmt: skip
COURTESIES = [
    # English
    "dear", "hello", "hi", "good morning", "good afternoon", "good evening", "good day", "team",
    "all good now", "all good", "ok", "okay", "great", "perfect", "super", "excellent", "wonderful",
    "noted", "got it", "received", "well received", "understood", "kind regards", "best regards",
    "regards", "best wishes", "best", "have a nice day", "have a good day", "have a great day",
    "have a nice weekend", "bye", "for your help", "for your reply", "for your quick reply",
    "for your fast reply", "for the quick reply", "for your answer", "for everything",
    "for your time", "for letting me know", "for being so quick",
    "for the information", "for the update", "that works",
    "very kind", "much appreciated", "again", "very much", "so much", "yes", "sir", "madam", "and",
    "for", "a lot", "you too", "see you soon", "sincerely", "yours",
    # French
    "bonjour", "bonsoir", "madame", "monsieur", "cher", "chere", "d accord", "c est parfait",
    "parfait", "tres bien", "c est note", "bien note", "bien recu", "c est bon", "genial",
    "impeccable", "top", "bonne journee", "bonne soiree", "bon week end", "bon weekend",
    "bonne fin de journee", "cordialement", "bien a vous", "bien cordialement", "a bientot",
    "au revoir", "pour votre aide", "pour votre reponse", "pour votre reponse rapide",
    "pour votre retour", "pour votre retour rapide", "pour votre reactivite",
    "pour la rapidite", "pour votre rapidite", "pour tout",
    "pour l information", "pour l info", "pour ces informations", "pour ces precisions",
    "a vous", "a toute l equipe", "oui", "encore", "infiniment", "et", "c est tres gentil",
    "c est gentil", "salutations",
    # German
    "hallo", "guten tag", "guten morgen", "guten abend", "sehr geehrte damen und herren", "liebes",
    "alles klar", "alles gut", "in ordnung", "prima", "perfekt", "wunderbar", "gut", "sehr gut",
    "verstanden", "erhalten", "mit freundlichen grussen", "freundliche grusse", "viele grusse",
    "liebe grusse", "beste grusse", "schone grusse", "mfg", "lg", "vg", "schonen tag noch",
    "schonen tag", "einen schonen tag", "schones wochenende", "auf wiedersehen",
    "fur ihre hilfe", "fur die hilfe", "fur ihre antwort", "fur die schnelle antwort",
    "fur die antwort", "fur die info", "fur die information", "fur ihre schnelle antwort",
    "fur alles", "fur ihre muhe", "fur die ruckmeldung", "fur die schnelle ruckmeldung", "ihnen",
    "ja", "und", "nochmals", "noch",
    # Spanish
    "hola", "buenos dias", "buenas tardes", "buenas noches", "vale", "de acuerdo", "perfecto",
    "genial", "estupendo", "muy bien", "recibido", "entendido", "un saludo", "saludos", "cordiales",
    "buen dia", "buen fin de semana", "hasta luego", "adios", "por su ayuda", "por la ayuda",
    "por su respuesta", "por la respuesta", "por todo", "por la informacion",
    "por responder tan rapido", "por su rapida respuesta", "si", "y", "muy amable",
    # Italian
    "buongiorno", "buonasera", "salve", "ciao", "va bene", "d accordo", "perfetto", "ottimo",
    "benissimo", "ricevuto", "capito", "cordiali saluti", "distinti saluti", "saluti",
    "buona giornata", "buona serata", "buon fine settimana", "arrivederci", "per l aiuto",
    "per il vostro aiuto", "per la risposta", "per la vostra risposta", "per la rapida risposta",
    "per tutto", "per le informazioni", "per l informazione", "e", "molto gentile", "gentilissimi",
]  # fmt: skip

# Other languages, whose courtesies are not listed: a message may contain nothing but these. "tak"
# is missing because it is yes in Polish.
THANKS_ELSEWHERE = [
    "dank u wel", "dank je wel", "dank u", "dank je", "hartelijk dank", "hartelijk bedankt",
    "heel erg bedankt", "bedankt",
    "dziękuję bardzo", "bardzo dziękuję", "dziękuję", "dziękujemy", "dzięki",
    "muito obrigado", "muito obrigada", "obrigado", "obrigada",
    "mange tak", "tusind tak", "tusen takk", "mange takk", "takk",
    "tack så mycket", "stort tack", "tack", "kiitos paljon", "paljon kiitoksia", "kiitos",
    "mockrát děkuji", "děkuji", "děkujeme", "díky",
    "çok teşekkür ederim", "teşekkür ederim", "çok teşekkürler", "teşekkürler",
    "σας ευχαριστώ πολύ", "ευχαριστώ πολύ", "σας ευχαριστώ", "ευχαριστώ",
    "mulțumesc mult", "mulțumesc frumos", "mulțumesc", "köszönöm szépen", "köszönöm", "köszi",
    "большое спасибо", "спасибо большое", "спасибо", "благодарю",
]  # fmt: skip
# After our own question these are answers, not just thanks.
ANSWERS = [
    "yes", "ok", "okay", "all good now", "all good", "great", "perfect", "super", "excellent",
    "that works", "received", "well received", "got it",
    "oui", "d accord", "parfait", "tres bien", "c est parfait", "c est bon", "bien recu",
    "impeccable", "top", "genial",
    "ja", "gut", "sehr gut", "alles gut", "alles klar", "in ordnung", "prima", "perfekt",
    "wunderbar", "erhalten",
    "si", "vale", "de acuerdo", "perfecto", "muy bien", "estupendo", "recibido",
    "va bene", "d accordo", "perfetto", "ottimo", "benissimo", "ricevuto", "noted", "c est note",
    "bien note",
]  # fmt: skip


# With one of these, the message is more than thanks.
OBJECTIONS = {
    "but", "however", "not", "no", "never", "still", "when", "where", "why", "how", "wrong",
    "missing", "broken", "refund", "mais", "pas", "jamais", "toujours", "quand", "ou", "pourquoi",
    "comment", "remboursement", "rien", "sauf", "aber", "nicht", "kein", "keine", "nie", "immer",
    "wann", "wo", "warum", "wie", "falsch", "fehlt", "kaputt", "pero", "nunca", "todavia",
    "cuando", "donde", "por", "porque", "como", "falta", "roto", "ma", "non", "mai", "ancora",
    "quando", "dove", "perche", "come", "manca", "rotto", "nein", "nee", "nope", "lieber",
    "trotzdem", "leider", "nichts", "nothing", "none", "niente", "nulla", "nada", "ninguno",
    "aucun",
}  # fmt: skip


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    # Longest first: "thanks a lot" must not match as "thanks" and two more words.
    alternatives = "|".join(map(fold, sorted(phrases, key=len, reverse=True)))
    return re.compile(rf"\b(?:{alternatives})\b")


_THANKS = _any_of(THANKS)
_THANKS_ELSEWHERE = _any_of(THANKS_ELSEWHERE)
_POLITE = _any_of([*THANKS, *COURTESIES])
_ANSWERS = _any_of(ANSWERS)


def is_thanks(text: str, *names: str, is_answer: bool = False) -> bool:
    """Whether a message, without its quotes, is thanks and nothing else.

    `names` are the participants': a signature does not count as content. A question or a number
    never passes, nor does more than one word that is no courtesy: a clock stopped by mistake costs
    more than one that runs on. After our own question (`is_answer`), "yes, thanks" and "blue,
    thanks" are answers.
    """
    if len(text) > LONGEST or ASKS.search(text):
        return False
    words = fold(text)
    if is_answer and _ANSWERS.search(words):
        return False
    known = set(fold(" ".join(names)).split())
    if _THANKS.search(words):
        left = _POLITE.sub(" ", words).split()
        unknown = [word for word in left if word not in known]
        return len(unknown) <= (
            0 if is_answer else MOST_WORDS_LEFT
        ) and not OBJECTIONS.intersection(unknown)
    thanked, times = _THANKS_ELSEWHERE.subn(" ", words)
    return times > 0 and set(thanked.split()) <= known
