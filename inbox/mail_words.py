"""What mail programs write around the mail that they quote, in many languages.

English, German, French, Spanish, Italian, Dutch, Polish, Portuguese, Danish, Norwegian, Swedish,
Finnish, Czech, Turkish, Greek, Romanian, Hungarian and Russian.
"""

import re

# Last words before the colon of "On …, Jane Doe <jane@example.com> wrote:", or nearly so.
_WROTE = [
    "wrote", "schrieb", "geschrieben", "a écrit", "escribió", "ha escrito", "ha scritto",
    "schreef", "geschreven", "napisał", "napisała", r"napisał\(a\)", "napisano", "pisze",
    "napisana przez", "escreveu", "skrev", "kirjoitti", "napsal", "napsala", r"napsal\(a\)",
    "yazdı", "έγραψε", "a scris", "írta", "написал", "написала", r"написал\(а\)", "пишет",
]  # fmt: skip
WROTE = re.compile(rf"(?<![\w'’-])(?:{'|'.join(_WROTE)})(?!\w)", re.IGNORECASE)
# A person reports who wrote to them: mail programs never speak of themselves.
TOLD = re.compile(
    r"\b(?:i|we|he|she|they|you|who) wrote\b|\bwrote (?:me|us|to|back|that|in)\b"
    r"|\b(?:schrieb|geschrieben) (?:mir|uns|ich|man|er|sie|es|wir)\b"
    r"|\b(?:ich|mir|uns|wir)\b.* (?:schrieb|geschrieben)\b"
    r"|\b(?:nous|vous|il|elle|on) a écrit\b|['’]a écrit\b|\ba écrit (?:que|à)\b"
    r"|\b(?:me|nos|le) (?:escribió|ha escrito|escreveu)\b|\b(?:mi|ci|gli) ha scritto\b"
    r"|\b(?:schreef|geschreven) (?:mij|me|ons|ik|hij|zij|u)\b|\b(?:mij|ons|ik)\b.* geschreven\b"
    r"|\b(?:mi|nam|mnie) (?:napisał|napsal)|\bnapisał\w* (?:mi|nam|do)\b|\bnám napsal"
    r"|\bskrev (?:jeg|jag|han|hun|hon|til|till|at|att)\b|\bkirjoitti (?:minulle|meille)\b"
    r"|\b(?:bana|bize)\b.* yazdı|\bμου έγραψε|\b(?:mi|ne)-a scris\b|\b(?:nekem|nekünk) írta"
    r"|\bírta (?:nekem|nekünk)\b|\b(?:мне|нам) написал|\bнаписал\w* (?:мне|нам)\b",
    re.IGNORECASE,
)
# A writer without a name, in lower case: "the driver wrote", "le livreur a écrit".
TOLD_OF = re.compile(
    r"\b(?:the|a|my|our|your) [^\W\dA-Z]\w* wrote\b"
    r"|\b[lL]['’][^\W\dA-Z]\w* (?:a écrit|ha scritto)\b"
    r"|\b(?:schrieb|geschrieben) (?:d(?:er|ie|as)|(?:[mdk]?ein|unser|euer|ihr|Ihr)e?)\b"
    r"|\b(?:[dm]er|die|das|ein|eine|[Ii]hr|[Ii]hre|mein|meine) \w+ (?:schrieb|geschrieben)\b"
    r"|\b(?:le|la|les|un|une|mon|ma|notre|votre) [^\W\dA-Z]\w* a écrit\b"
    r"|\b(?:el|la|los|un|una|mi|su|o|a|um|uma|meu) [^\W\dA-Z]\w* (?:escribió|escreveu)\b"
    r"|\b(?:il|la|lo|un|una|mio|mia|suo) [^\W\dA-Z]\w* ha scritto\b"
    r"|\b(?:schreef|geschreven) (?:de|het|een|mijn|uw|onze)\b"
    r"|\bskrev (?:den|det|en|et|ett|min|mitt|din|vår|vores)\b"
)
# Mail programs never put the day after the verb, unless there is an address.
TOLD_WHEN = re.compile(
    r"\b(?:wrote|schrieb|schreef) (?:on|am|op)\b|\ba écrit le\b|\bescribió el\b"
    r"|\bha scritto il\b|\bescreveu (?:em|no)\b|\bnapisał\w* (?:w|dnia)\b|\bskrev den\b",
    re.IGNORECASE,
)
# A day with its year, as mail programs write it.
DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d\d)(?!\d)"
    r"|\d{4}\s?[./年-]\s?\d{1,2}\s?[./月-]\s?\d{1,2}(?!\d)"
    r"|\d{1,2}(?:\.|º|°|er)?\s+(?:de\s+|di\s+)?[^\W\d]{3,}\.?,?\s+(?:de\s+|del\s+)?\d{4}(?!\d)"
    r"|\d{4}\.?\s+[^\W\d]{3,}\.?\s+\d{1,2}(?!\d)"
    r"|(?<!\w)[^\W\d]{3,}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}(?!\d))",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.hH]\s?\d\d(?!\d)")
# How a line that begins with the day begins: its first word, and what may stand before the day.
BEGINS_WITH_DAY = re.compile(
    r"[\W_]*(?:(?:on|am|le|el|en|il|op|em|no|a|as|às|den|dne|dnia|w|στις|în|in|pe|la|вс|at)"
    r"\s+(?:[^\W\d][\w-]*[.,]*\s+){0,3}|(?:[^\W\d][\w-]*[.,]*\s+)?)\d",
    re.IGNORECASE,
)
# The first line of an intro that is wrapped before its day.
BEGINS_BEFORE_DAY = re.compile(
    r"[\W_]*(?:on|am|le|el|en|il|op|em|den|dne|dnia|w|στις|în|pe)(?:\s+[^\W\d][\w-]*[.,]*){1,2}$",
    re.IGNORECASE,
)
# In brackets or bare: searching takes linear time.
ADDRESS = re.compile(r"\w@[\w-]+\.\w")
IN_BRACKETS = re.compile(
    r"[<(\[«]\s?(?:mailto:)?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]]{3,100}[^<>]{0,3}"
)
BESIDE_VERB = re.compile(
    rf"(?:{'|'.join(_WROTE)}) [^\s@]{{1,80}}@[^\s@]{{3,100}}\s?:$"
    rf"|@[^\s@]{{3,100}} (?:{'|'.join(_WROTE)})\s?:$",
    re.IGNORECASE,
)
ENDS_WITH_ADDRESS = re.compile(r"@[^\s@]{3,100}[>)\]»]+\s?[:：]$")

QUOTING = re.compile(r"[>\s]*(?:quoting|zitat von|citando|citaat van|cytat) ", re.IGNORECASE)
# "4 Aug 2026, 09:41 by jane@example.com:"
TIME_AND_ADDRESS = re.compile(
    r"\d\s?[:.hH]\s?\d\d(?: [ap]\.?m\.?)? (?:by|from|von|par|de|da|van|av|fra|från|od|от) "
    r"[^\s@]{1,80}@[^\s@]{3,100}\s?:$",
    re.IGNORECASE,
)
LONGEST_INTRO = 400  # characters

LABELS = {
    "from": [
        *("from", "von", "absender", "de", "expéditeur", "remitente", "da", "mittente", "van"),
        *("afzender", "od", "nadawca", "remetente", "fra", "från", "lähettäjä", "odesílatel"),
        *(
            "kimden",
            "gönderen",
            "από",
            "αποστολέας",
            "de la",
            "expeditor",
            "expeditorul",
            "feladó",
            "от",
        ),
        *("от кого", "отправитель"),
    ],
    "sent": [
        *(
            "sent",
            "date",
            "gesendet",
            "gesendet am",
            "verschickt",
            "datum",
            "envoyé",
            "envoyé le",
            "enviado",
        ),
        *("enviado el", "enviado em", "enviada", "enviada em", "enviada a", "fecha", "inviato"),
        *("inviato il", "data", "verzonden", "verzonden op", "wysłano", "wysłane", "data wysłania"),
        *(
            "sendt",
            "dato",
            "skickat",
            "skickades",
            "lähetetty",
            "päivämäärä",
            "päiväys",
            "päivä",
            "pvm",
        ),
        *("odesláno", "odoslané", "gönderildi", "gönderme tarihi", "gönderim tarihi", "tarih"),
        *(
            "στάλθηκε",
            "εστάλη",
            "αποστολή",
            "ημερομηνία",
            "trimis",
            "trimis la",
            "dată",
            "elküldve",
        ),
        *("küldve", "dátum", "отправлено", "дата", "date d’envoi", "date d'envoi"),
    ],
    "to": [
        *("to", "an", "empfänger", "à", "a", "pour", "destinataire", "para", "destinatario"),
        *(
            "destinatário",
            "aan",
            "do",
            "adresat",
            "til",
            "till",
            "vastaanottaja",
            "saaja",
            "komu",
            "kime",
        ),
        *(
            "alıcı",
            "προς",
            "παραλήπτης",
            "către",
            "catre",
            "destinatar",
            "destinatarul",
            "címzett",
            "кому",
        ),
    ],
    "subject": [
        *("subject", "betreff", "objet", "sujet", "asunto", "oggetto", "ogg", "onderwerp", "temat"),
        *("assunto", "emne", "ämne", "aihe", "předmět", "predmet", "konu", "θέμα", "subiect"),
        *("subiectul", "tárgy", "тема"),
    ],
    "other": [
        *("cc", "bcc", "kopie", "kopia", "kopi", "kopio", "cópia", "copie", "másolat", "bilgi"),
        *("κοιν.", "копия", "reply-to", "antwort an", "importance", "priority", "attachments"),
    ],
}
KIND_OF_LABEL = {label: kind for kind, labels in LABELS.items() for label in labels}
# Invoices and forms have these labels as well.
DATES = {
    *("date", "datum", "fecha", "data", "dato", "päivämäärä", "päiväys", "päivä", "pvm", "tarih"),
    *("ημερομηνία", "dată", "dátum", "дата"),
}
LABEL = re.compile(r"[\W_]{0,4}([^\W\d_][^:：<>@*]{0,20}?)[\s*_]{0,4}[:：]")

_ORIGINAL = [
    "original message", "message d[’']origine", "message original", "mensaje original",
    "messaggio originale", "ursprüngliche nachricht", "original-?nachricht",
    "ursprüngliche mitteilung", "oorspronkelijk bericht", "origineel bericht",
    "oryginalna wiadomość", "wiadomość oryginalna", "mensagem original", "oprindelig meddelelse",
    "original meddelelse", "opprinnelig melding", "original melding", "ursprungligt meddelande",
    "originalmeddelande", "alkuperäinen viesti", "původní zpráva", "původní e-mail",
    "orijinal mesaj", "orijinal ileti", "özgün ileti", "αρχικό μήνυμα", "mesaj original",
    "mesaj inițial", "mesajul original", "eredeti üzenet", "исходное сообщение",
    "оригинальное сообщение", "исходное письмо", "mail original", "e-?mail originale?",
    "ursprüngliche e?-?mail",
]  # fmt: skip
SEPARATOR = re.compile(rf"[>\s]*[-_=*]{{2,}}\s?(?:{'|'.join(_ORIGINAL)})\s?[-_=*:]", re.IGNORECASE)
DASHES = re.compile(r"[>\s]*[-_=*]{2}")
RULE = re.compile(r"[>\s]*(?:[-_=*—–]\s?){5,}$")

# A stem of "forwarded", on a line between dashes, or that ends with a colon.
_FORWARDED = [
    "forwarded", "weitergeleitet", "transféré", "transmis", "réexpédié", "reenviado", "inoltrat",
    "doorgestuurd", "przekaz", "przesłan", "encaminhad", "videresend", "vidarebefordra",
    "välitetty", "edelleenlähetetty", "přepos", "iletilen", "iletilmiş", "yönlendirilen", "προωθ",
    "redirecționat", "redirectionat", "továbbított", "пересыл", "пересла", "перенаправ",
    "переадрес",
]  # fmt: skip
FORWARD = re.compile(
    rf"[>\s]*(?:-{{2,}}[^-]{{0,40}}(?:{'|'.join(_FORWARDED)})"
    rf"|(?:[^\W\d]+\s){{0,4}}(?:{'|'.join(_FORWARDED)})[^:]{{0,40}}:$)",
    re.IGNORECASE,
)

# "Please reply above this line": the marketplace's own template follows.
_ABOVE_LINE = re.compile(
    r"(?:above|below) this line|(?:über|oberhalb|unterhalb) (?:von )?diese[rs]? (?:linie|zeile)"
    r"|au[- ]dess(?:us|ous) de cette ligne|(?:encima de|sobre|debajo de) esta línea"
    r"|(?:sopra|sotto) (?:a |di )?quest[ao] (?:riga|linea)|(?:boven|onder) deze (?:regel|lijn)"
    r"|powyżej te(?:j linii|go wiersza)|nad tą linią|acima d?esta linha"
    r"|(?:over|ovenfor|ovanför|över) (?:denne|denna|den här) (?:linjen?|raden?)"
    r"|tämän (?:rivin|viivan) yläpuolelle|nad (?:tímto řádkem|tento řádek|tuto čáru|touto čarou)"
    r"|bu satırın (?:üst|üzer)\w*|πάνω από αυτήν? την? γραμμή|deasupra acestei linii"
    r"|(?:a|e) (?:sor|vonal) (?:fölé|felett)|fölé a (?:sor|vonal) fölé"
    r"|выше этой (?:строки|линии)|над этой (?:строкой|линией)",
    re.IGNORECASE,
)
# Each language's phrase contains one of these, which are much faster to find.
_LINE = re.compile(
    "line|zeile|linie|ligne|línea|riga|linea|regel|lijn|linii|linią|wiersza|linha|linj|rad|rivin"
    "|viivan|řádk|čár|čar|satır|γραμμή|sor|vonal|строк|лини"
)
_ANSWER = (
    r"(?:repl|respon|answer|writ|typ|antwort|schreib|répon|écri|saisi|respuest|contest|escrib"
    r"|rispo|scriv|antwoord|reageer|schrijf|schrijv|odpow|odpis|napisz|pisz|respost|escrev|svar"
    r"|skriv|vasta|kirjoit|odpov|napiš|pište|yaz|yanıt|cevap|απαντ|γράψ|răspun|raspun|scri|válasz"
    r"|írj|ответ|напиш|введ|пиш)\w*"
)
_ANSWERS = re.compile(rf"\b{_ANSWER}", re.IGNORECASE)
_NOTHING_BUT_ANSWER = re.compile(rf"\W*(?:(?:te |zu )?{_ANSWER}\W*)?$", re.IGNORECASE)
_ADORNED = re.compile(r"\W*[-#=*_~]{2,}|.*[-#=*_~]{2,}\W*$")

# "Sent from my iPhone": a verb at the line's beginning or end, and the device or program.
_SENT_FROM = [
    r"sent (?:from|via|with|using|by)\b", "get outlook for", "gesendet (?:von|mit|über)",
    "von .{2,60} gesendet", "diese (?:nachricht|e-?mail) wurde .{2,80} gesendet",
    "(?:holen sie sich )?outlook für", r"envoyé (?:de|d'|d’|depuis|à partir|avec|via|par)",
    "(?:obtenez|télécharge[rz]) outlook pour", "provenance ?:",
    r"enviado (?:desde|de|do|da|con|com|pelo|pela|através|a partir|via)\b",
    "(?:obtener|obter o|baixar o|baixe o|descargar|transferir o) outlook para",
    r"inviato (?:da|dal|dalla|dall|con|tramite)\b", "(?:ottieni|scarica) outlook per",
    r"(?:verzonden|verstuurd) (?:vanaf|vanuit|van|via|met)\b", "(?:download )?outlook voor",
    r"(?:wysłan[eoay]|wiadomość wysłana) (?:z|ze|przy|za)\b", "pobierz .{0,30}outlook",
    r"sendt (?:fra|via|med)\b", r"(?:hent|få|skaff) outlook (?:til|for)",
    r"skicka(?:t|ts|des) (?:från|via|med)\b", r"(?:hämta|skaffa) outlook för",
    "lähetetty ", "hanki .{0,20}outlook", r"odesláno (?:z|ze|pomocí)\b",
    "(?:získat|získejte|stáhnout) .{0,20}outlook", ".{2,60} gönderildi", "ios için outlook",
    "android için outlook", r"(?:στάλθηκε|εστάλη|απεστάλη) (?:από|με)",
    "(?:λήψη|αποκτήστε|κατεβάστε) .{0,10}outlook", r"trimis (?:de pe|de la|din|cu|prin)\b",
    "(?:descărcați|obțineți) .{0,10}outlook", "(?:el)?küldve", ".{2,60} küldve",
    "(?:az )?(?:ios|android)-.{0,10}outlook", r"отправлено (?:с|со|из|через)\b",
    "(?:скачать|загрузить|получите|скачайте) outlook",
]  # fmt: skip
_WITH = (
    r"i(?:phon|pad|pod)|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|pixel|xperia|motorola"
    r"|nokia|blackberry|windows|outlook|yahoo|gmail|g?mail|courrier|correo|e-?mail|e-?post|gmx"
    r"|web\.de|orange|laposte|proton|aol|thunderbird|libero|onet|seznam|yandex|яндекс|почт"
    r"|phone|handy|tablet|mobil|mobiel|móvil|téléphone|teléfono|telefon|telefoon|celular"
    r"|cellulare|telemóvel|puhelim|κινητ|τηλέφων|телефон|мобильн|ios\b"
)
_SENT_WITH = re.compile(rf"\W*(?:{'|'.join(_SENT_FROM)}).{{0,90}}$", re.IGNORECASE)
_DEVICE = re.compile(_WITH, re.IGNORECASE)
LONGEST_TRAILER = 100


def is_trailer(line: str) -> bool:
    """Whether this is a signature of a mail program or phone: "Sent from my iPhone"."""
    if len(line) > LONGEST_TRAILER or not _DEVICE.search(line):
        return False
    return _SENT_WITH.match(line) is not None


def kind_of_label(line: str) -> str:
    """`from`, `sent`, `to`, `subject` or `other` for a line of a header block; else empty."""
    label = LABEL.match(line) if ":" in line or "：" in line else None
    return KIND_OF_LABEL.get(label[1].strip().lower(), "") if label else ""


def value_of(line: str) -> str:
    """The text after the label of a header line."""
    label = LABEL.match(line)
    return line[label.end() :].strip() if label else ""


def says_sent(line: str) -> bool:
    """Whether the label is used in mails only: "Sent", not "Date"."""
    label = LABEL.match(line)
    name = label[1].strip().lower() if label else ""
    return KIND_OF_LABEL.get(name) == "sent" and name not in DATES


def has_clock(line: str) -> bool:
    """Whether the line contains a time of day."""
    return (
        len(line) <= LONGEST_INTRO
        and DIGIT.search(line) is not None
        and CLOCK.search(DAY.sub(" ", line)) is not None
    )


def has_address(line: str) -> bool:
    """Whether the line contains a mail address."""
    return "@" in line and (line[-1] == "@" or ADDRESS.search(line) is not None)


def has_day(line: str) -> bool:
    """Whether the line contains a day with its year."""
    return (
        len(line) <= LONGEST_INTRO
        and DIGIT.search(line) is not None
        and DAY.search(line) is not None
    )


def is_separator(line: str) -> bool:
    """Whether the text between dashes says that another mail follows."""
    if not DASHES.match(line):
        return False
    is_intro = line[-1] in "-:" and has_address(line) and WROTE.search(line) is not None
    return is_intro or SEPARATOR.match(line) is not None


def is_reply_mark(line: str) -> bool:
    """Whether it says "Please reply above this line", and no more, or that between dashes."""
    found = _ABOVE_LINE.search(line) if _LINE.search(line.lower()) else None
    if not found or not _ANSWERS.search(line):
        return False
    return bool(_ADORNED.match(line) or _NOTHING_BUT_ANSWER.match(line[found.end() :]))


def is_forward(line: str) -> bool:
    """Whether the line says that a forwarded mail follows."""
    return (line.endswith(":") or DASHES.match(line) is not None) and bool(FORWARD.match(line))


def is_intro(text: str, is_above_quote: bool) -> bool:
    """Whether this is a quote's intro: "On …, Jane <jane@example.com> wrote:".

    It contains an address, or a day and quoted lines below it.
    """
    has_address = "@" in text and text.endswith((":", "："))
    if not (has_address or is_above_quote):
        return False
    has_day, verb = DAY.search(text) is not None, WROTE.search(text)
    is_one = is_above_quote and has_day and verb is not None and _is_by_name(text, verb)
    is_one = is_one or (has_address and _is_addressed(text, has_day, verb is not None))
    return is_one and not is_told(text)


def _is_by_name(text: str, verb: re.Match[str]) -> bool:
    """Whether the text beside the verb may be a name: "the driver wrote" has none."""
    before, after = text[: verb.start()].split(), text[verb.end() :].strip(" :：").split()
    beside = next(iter([*after[:1], *before[-1:]]), "")
    return not (beside.isalpha() and beside.islower()) and not TOLD_WHEN.search(text)


def _is_addressed(text: str, has_day: bool, has_verb: bool) -> bool:
    """Whether the address is where a mail program puts it."""
    if has_verb and BESIDE_VERB.search(text):
        return True
    if has_day and TIME_AND_ADDRESS.search(text):
        return True
    if QUOTING.match(text) and ENDS_WITH_ADDRESS.search(text):
        return True
    if not IN_BRACKETS.search(text) or not (has_day or CLOCK.search(text)):
        return False
    return has_verb or ENDS_WITH_ADDRESS.search(text) is not None


def says_who_wrote(line: str) -> bool:
    """Whether this is an intro in a form that no mail program is known to use."""
    if not line.endswith((":", "：")) or is_told(line):
        return False
    return any(pattern.search(line) for pattern in (CLOCK, DAY, WROTE))


def is_told(text: str) -> bool:
    """Whether a person reports that someone wrote: no mail program's intro."""
    return TOLD.search(text) is not None or TOLD_OF.search(text) is not None
