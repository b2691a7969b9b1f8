"""Replies in the formats of mail programs.

In a body {a} is the reply and {q} the question below it, in the row's language.
"""

from typing import NamedTuple

# Mail programs write long lines.
# ruff: noqa: E501

# Language -> the customer's reply, and the shop's question.
WORDS = {
    "en": ("The green one, please.", "Shall we send the green or the red cushion?"),
    "de": ("Bitte das grüne.", "Sollen wir das grüne oder das rote Kissen schicken?"),
    "fr": ("Le vert, s’il vous plaît.", "Souhaitez-vous le coussin vert ou le rouge ?"),
    "es": ("El verde, por favor.", "¿Le enviamos el cojín verde o el rojo?"),
    "it": ("Quello verde, per favore.", "Le mandiamo il cuscino verde o quello rosso?"),
    "nl": ("De groene graag.", "Zullen we het groene of het rode kussen sturen?"),
    "pl": ("Poproszę zieloną.", "Czy wysłać zieloną, czy czerwoną poduszkę?"),
    "pt": ("A verde, por favor.", "Enviamos a almofada verde ou a vermelha?"),
    "da": ("Den grønne, tak.", "Skal vi sende den grønne eller den røde pude?"),
    "no": ("Den grønne, er du snill.", "Skal vi sende den grønne eller den røde puten?"),
    "sv": ("Den gröna, tack vare rean.", "Ska vi skicka den gröna eller den röda kudden?"),
    "fi": ("Vihreä, olkaa hyvä.", "Lähetämmekö vihreän vai punaisen tyynyn?"),
    "cs": ("Prosím zelený.", "Máme poslat zelený, nebo červený polštář?"),
    "tr": ("Yeşil olsun.", "Yeşil mi yoksa kırmızı yastığı mı gönderelim?"),
    "el": ("Το πράσινο, παρακαλώ.", "Να στείλουμε το πράσινο ή το κόκκινο μαξιλάρι;"),
    "ro": ("Cea verde, vă rog.", "Să trimitem perna verde sau pe cea roșie?"),
    "hu": ("A zöldet kérem.", "A zöld vagy a piros párnát küldjük?"),
    "ru": ("Зелёную, пожалуйста.", "Отправить зелёную подушку или красную?"),
}


class Mail(NamedTuple):
    program: str
    language: str
    body: str

    @property
    def answer(self) -> str:
        return WORDS[self.language][0]

    @property
    def question(self) -> str:
        return WORDS[self.language][1]

    @property
    def text(self) -> str:
        return self.body.replace("{a}", self.answer).replace("{q}", self.question)


def _headed(language: str, labels: str, day: str, *, separator: str = "") -> str:
    """Returns a header block with labels in this order: F(rom), S(ent), T(o), B (subject)."""
    values = {
        "F": "Kissen & Co <post.7f3@kissen.example>",
        "S": day,
        "T": "kim@home.example",
        "B": "KC-20881",
    }
    lines = [f"{label[1:]}: {values[label[0]]}" for label in labels.split("|")]
    return "\n".join(["{a}", "", *([separator] if separator else []), *lines, "", "{q}"])


# Outlook, and programs that write headers in its order: From first.
OUTLOOK = {
    "en": ("FFrom|SSent|TTo|BSubject", "Tuesday, 4 August 2026 09:41"),
    "de": ("FVon|SGesendet|TAn|BBetreff", "Dienstag, 4. August 2026 09:41"),
    "fr": ("FDe |SEnvoyé |TÀ |BObjet ", "mardi 4 août 2026 09:41"),
    "es": ("FDe|SEnviado el|TPara|BAsunto", "martes, 4 de agosto de 2026 9:41"),
    "it": ("FDa|SInviato|TA|BOggetto", "martedì 4 agosto 2026 09:41"),
    "nl": ("FVan|SVerzonden|TAan|BOnderwerp", "dinsdag 4 augustus 2026 09:41"),
    "pl": ("FOd|SWysłano|TDo|BTemat", "wtorek, 4 sierpnia 2026 09:41"),
    "pt": ("FDe|SEnviada em|TPara|BAssunto", "terça-feira, 4 de agosto de 2026 09:41"),
    "da": ("FFra|SSendt|TTil|BEmne", "4. august 2026 09:41"),
    "no": ("FFra|SSendt|TTil|BEmne", "tirsdag 4. august 2026 09:41"),
    "sv": ("FFrån|SSkickat|TTill|BÄmne", "den 4 augusti 2026 09:41"),
    "fi": ("FLähettäjä|SLähetetty|TVastaanottaja|BAihe", "tiistai 4. elokuuta 2026 9.41"),
    "cs": ("FOd|SOdesláno|TKomu|BPředmět", "úterý 4. srpna 2026 9:41"),
    "tr": ("FKimden|SGönderildi|TKime|BKonu", "4 Ağustos 2026 Salı 09:41"),
    "el": ("FΑπό|SΣτάλθηκε|TΠρος|BΘέμα", "Τρίτη, 4 Αυγούστου 2026 9:41 πμ"),
    "ro": ("FDe la|STrimis|TCătre|BSubiect", "marți, 4 august 2026 09:41"),
    "hu": ("FFeladó|SElküldve|TCímzett|BTárgy", "2026. augusztus 4., kedd 9:41"),
    "ru": ("FОт|SОтправлено|TКому|BТема", "4 августа 2026 г. 9:41"),
}
WHO = "Kissen & Co <post.7f3@kissen.example>"
# The line above the quote in Gmail, Apple Mail, Thunderbird, Yahoo and others.
INTROS = {
    "en": [
        ("gmail", f"On Tue, Aug 4, 2026 at 9:41 AM {WHO} wrote:"),
        ("apple", f"> On 4 Aug 2026, at 09:41, {WHO} wrote:"),
        ("thunderbird", "On 04/08/2026 09:41, Kissen & Co wrote:"),
        ("yahoo", f"On Tuesday, 4 August 2026 at 09:41:07 BST, {WHO} wrote:"),
        ("proton", f"On Tuesday, August 4th, 2026 at 9:41 AM, {WHO} wrote:"),
    ],
    "de": [
        ("gmail", f"Am Di., 4. Aug. 2026 um 09:41 Uhr schrieb {WHO}:"),
        ("apple", f"> Am 04.08.2026 um 09:41 schrieb {WHO}:"),
        ("thunderbird", "Am 04.08.26 um 09:41 schrieb Kissen & Co:"),
        ("yahoo", f"Am Dienstag, 4. August 2026 um 09:41:07 MESZ hat {WHO} Folgendes geschrieben:"),
        ("gmx-app", "Am 04.08.26, 09:41 schrieb Kissen & Co"),
        ("open-xchange", f"{WHO} hat am 04.08.2026 09:41 CEST geschrieben:"),
    ],
    "fr": [
        ("gmail", f"Le mar. 4 août 2026 à 09:41, {WHO} a écrit :"),
        ("apple", f"> Le 4 août 2026 à 09:41, {WHO} a écrit :"),
        ("thunderbird", "Le 04/08/2026 à 09:41, Kissen & Co a écrit :"),
        ("yahoo", f"Le mardi 4 août 2026 à 09:41:07 UTC+2, {WHO} a écrit :"),
    ],
    "es": [
        (
            "gmail",
            "El mar, 4 ago 2026 a las 9:41, Kissen & Co (<post.7f3@kissen.example>) escribió:",
        ),
        ("apple", f"> El 4 ago 2026, a las 9:41, {WHO} escribió:"),
        ("yahoo", f"En martes, 4 de agosto de 2026, 09:41:07 CEST, {WHO} escribió:"),
    ],
    "it": [
        ("gmail", f"Il giorno mar 4 ago 2026 alle ore 09:41 {WHO} ha scritto:"),
        ("apple", f"> Il giorno 4 ago 2026, alle ore 09:41, {WHO} ha scritto:"),
        ("thunderbird", "Il 04/08/2026 09:41, Kissen & Co ha scritto:"),
        ("libero", f"Il 04/08/2026 09:41 CEST {WHO} ha scritto:"),
    ],
    "nl": [
        ("gmail", f"Op di 4 aug 2026 om 09:41 schreef {WHO}:"),
        ("apple", f"> Op 4 aug 2026, om 09:41 heeft {WHO} het volgende geschreven:"),
        ("thunderbird", "Op 04-08-2026 om 09:41 schreef Kissen & Co:"),
    ],
    "pl": [
        ("gmail", f"wt., 4 sie 2026 o 09:41 {WHO} napisał(a):"),
        ("apple", f"> Wiadomość napisana przez {WHO} w dniu 4 sie 2026, o godz. 09:41:"),
        ("thunderbird", "W dniu 4.08.2026 o 09:41, Kissen & Co pisze:"),
        ("onet", f"Dnia 4 sierpnia 2026 09:41 {WHO} napisał(a):"),
    ],
    "pt": [
        ("gmail", f"Em ter., 4 de ago. de 2026 às 09:41, {WHO} escreveu:"),
        ("gmail-pt", f"{WHO} escreveu (terça, 4/08/2026 à(s) 09:41):"),
        ("apple", f"> No dia 04/08/2026, às 09:41, {WHO} escreveu:"),
        ("thunderbird", "Em 04/08/2026 09:41, Kissen & Co escreveu:"),
    ],
    "da": [
        ("gmail", f"tirs. 4. aug. 2026 kl. 09.41 skrev {WHO}:"),
        ("apple", f"> Den 4. aug. 2026 kl. 09.41 skrev {WHO}:"),
        ("thunderbird", "Den 04.08.2026 kl. 09.41 skrev Kissen & Co:"),
    ],
    "no": [
        ("gmail", f"tir. 4. aug. 2026 kl. 09:41 skrev {WHO}:"),
        ("apple", f"> 4. aug. 2026 kl. 09:41 skrev {WHO}:"),
    ],
    "sv": [
        ("gmail", f"Den tis 4 aug. 2026 kl 09:41 skrev {WHO}:"),
        ("apple", f"> 4 aug. 2026 kl. 09:41 skrev {WHO}:"),
        ("thunderbird", "Den 2026-08-04 kl. 09:41, skrev Kissen & Co:"),
    ],
    "fi": [
        ("gmail", "ti 4. elok. 2026 klo 9.41 Kissen & Co (post.7f3@kissen.example) kirjoitti:"),
        ("apple", f"> {WHO} kirjoitti 4.8.2026 kello 9.41:"),
        ("thunderbird", "Kissen & Co kirjoitti 4.8.2026 klo 9.41:"),
    ],
    "cs": [
        ("gmail", f"út 4. 8. 2026 v 9:41 odesílatel {WHO} napsal:"),
        ("apple", f"> 4. 8. 2026 v 9:41, {WHO}:"),
        ("thunderbird", "Dne 04. 08. 26 v 9:41 Kissen & Co napsal(a):"),
    ],
    "tr": [
        ("gmail", f"{WHO}, 4 Ağu 2026 Sal, 09:41 tarihinde şunu yazdı:"),
        ("apple", f"> {WHO} şunları yazdı (4 Ağu 2026 09:41):"),
        ("thunderbird", "4.08.2026 09:41 tarihinde Kissen & Co yazdı:"),
    ],
    "el": [
        ("gmail", f"Στις Τρί 4 Αυγ 2026 στις 9:41 π.μ., ο χρήστης {WHO} έγραψε:"),
        ("thunderbird", "Στις 4/8/2026 9:41 π.μ., ο/η Kissen & Co έγραψε:"),
    ],
    "ro": [
        ("gmail", f"În mar., 4 aug. 2026 la 09:41, {WHO} a scris:"),
        ("thunderbird", "Pe 04.08.2026 09:41, Kissen & Co a scris:"),
    ],
    "hu": [
        ("gmail", f"{WHO} ezt írta (időpont: 2026. aug. 4., K, 9:41):"),
        ("thunderbird", "2026. 08. 04. 9:41 keltezéssel, Kissen & Co írta:"),
    ],
    "ru": [
        ("gmail", f"вт, 4 авг. 2026 г. в 09:41, {WHO}:"),
        ("apple", f"> 4 авг. 2026 г., в 09:41, {WHO} написал(а):"),
        ("mail-ru", f"Вторник, 4 августа 2026, 9:41 +03:00 от {WHO}:"),
        ("thunderbird", "04.08.2026 09:41, Kissen & Co пишет:"),
    ],
}


def _plain_intros() -> list[Mail]:
    mails = []
    for language, intros in INTROS.items():
        for program, intro in intros:
            quote = "{a}\n\n" + intro + ("\n>\n" if intro[0] == ">" else "\n\n") + "> {q}\n>\n> Mia"
            mails.append(Mail(program, language, quote))
            if "@" in intro and intro[0] != ">":
                mails.append(Mail(f"{program}-unquoted", language, "{a}\n\n" + intro + "\n\n{q}"))
    return mails


def _html_intros() -> list[Mail]:
    """Returns the markup of Gmail, Apple and Thunderbird, and the same without quote markers."""
    frames = {
        "gmail": '<div dir="ltr">{a}</div><br><div class="gmail_quote"><div dir="ltr" '
        'class="gmail_attr">{i}<br></div><blockquote class="gmail_quote">{q}</blockquote></div>',
        "apple": "<html><body>{a}<div><br><blockquote type=cite><div>{i}</div><br><div>{q}</div>"
        "</blockquote></div></body></html>",
        "thunderbird": '<p>{a}</p><div class="moz-cite-prefix">{i}<br></div>'
        '<blockquote type="cite"><p>{q}</p></blockquote>',
        "bare": "<div>{a}</div><div><br></div><div>{i}</div><blockquote>{q}</blockquote>",
    }
    mails = []
    for language, intros in INTROS.items():
        intro = next(one for _program, one in intros if "@" in one).lstrip("> ")
        escaped = intro.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        mails += [
            Mail(f"{program}-html", language, frame.replace("{i}", escaped))
            for program, frame in frames.items()
        ]
    return mails


def _heads() -> list[Mail]:
    mails = [
        Mail("outlook", language, _headed(language, *head)) for language, head in OUTLOOK.items()
    ]
    for language, (labels, day) in OUTLOOK.items():
        bold = "<br>".join(
            f"<b>{label[1:]}:</b> " + {"F": "Kissen &amp; Co", "S": day}.get(label[0], "KC-20881")
            for label in labels.split("|")
        )
        ruled = (
            '<div class="WordSection1"><p class="MsoNormal">{a}</p><div><div style="border:none;'
            'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
            + bold
            + '</p></div></div><p class="MsoNormal">{q}</p></div>'
        )
        mails.append(Mail("outlook-desktop-html", language, ruled))
    return mails


MORE = [
    Mail("gmx", "de", _headed("de", "SGesendet|FVon|TAn|BBetreff", "Dienstag, 4. August 2026 um 09:41 Uhr")),
    Mail("gmx", "en", _headed("en", "SSent|FFrom|TTo|BSubject", "Tuesday, August 04, 2026 at 9:41 AM")),
    Mail(
        "web-de-html",
        "de",
        '<html><body><div>{a}</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px;'
        'border-left:2px solid #C3D9E5"><div style="margin:0 0 10px 0"><b>Gesendet:</b>&nbsp;'
        "Dienstag, 4. August 2026 um 09:41 Uhr<br/><b>Von:</b>&nbsp;&quot;Kissen&quot; &lt;p@k.example"
        "&gt;<br/><b>An:</b>&nbsp;kim@home.example<br/><b>Betreff:</b>&nbsp;KC-20881</div>"
        '<div name="quoted-content">{q}</div></div></div></body></html>',
    ),
    Mail(
        "t-online",
        "de",
        _headed(
            "de",
            "BBetreff|SDatum|FVon|TAn",
            "2026-08-04T09:41:00+0200",
            separator="-----Original-Nachricht-----",
        ),
    ),
    Mail(
        "orange",
        "fr",
        "{a}\n\n> envoyé : 4 août 2026 à 09:41\n> de : Kissen <p@k.example>\n> à : kim@home.example\n"
        "> objet : KC-20881\n>\n> {q}",
    ),
    Mail(
        "orange-app",
        "fr",
        "{a}\n\nEnvoyé depuis l’application Mail Orange\n----------------\nDe: p@k.example\n"
        "Envoyé: mardi, 4 août 2026, 09:41\nÀ: kim@home.example\nObjet: KC-20881\n\n{q}",
    ),
    Mail(
        "outlook-web",
        "en",
        '<div>{a}</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" '
        'dir="ltr"><b>From:</b> Kissen<br><b>Sent:</b> Tuesday<br></div><div>{q}</div>',
    ),
    Mail(
        "outlook-ios",
        "de",
        '<div dir="ltr">{a}</div><div id="ms-outlook-mobile-signature">Outlook für iOS</div><div '
        'id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message">'
        "<b>Von: </b>Kissen<br><b>Datum: </b>Dienstag<br></div><div>{q}</div></div>",
    ),
    Mail(
        "outlook-rewritten-by-gmail",
        "nl",
        '<div>{a}</div><hr><div id="m_-4411x_divRplyFwdMsg"></div>'
        '<div id="m_-4411divRplyFwdMsg"><b>Van:</b> Kissen</div><div>{q}</div>',
    ),
    Mail(
        "yahoo-html",
        "fr",
        '<div>{a}</div><div id="yahoo_quoted_8831" class="yahoo_quoted"><div>Le mardi, Kissen a '
        "écrit :</div><div>{q}</div></div>",
    ),
    Mail(
        "zimbra",
        "it",
        '<div>{a}<br><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
        "<b>Da: </b>Kissen<br></div><div>{q}</div></div>",
    ),
    Mail(
        "proton-html",
        "es",
        '<div>{a}</div><div class="protonmail_quote">El martes, Kissen escribió:<br><blockquote '
        'class="protonmail_quote" type="cite">{q}</blockquote></div>',
    ),
    Mail("seznam", "cs", _headed("cs", "FOd|TKomu|SDatum|BPředmět", "4. 8. 2026 9:41:02", separator="---------- Původní e-mail ----------")),
    Mail("samsung", "it", _headed("it", "FDa|SData|TA|BOggetto", "04/08/26 09:41 (GMT+01:00)", separator="-------- Messaggio originale --------")),
    Mail("samsung", "pl", "{a}\n\n-------- Oryginalna wiadomość --------Od: Kissen Data: 4.08.2026 09:41 (GMT+01:00) Do: kim Temat: KC\n{q}"),
    Mail("samsung", "sv", _headed("sv", "FFrån|SDatum|TTill|BÄmne", "2026-08-04 09:41", separator="-------- Originalmeddelande --------")),
    Mail("outlook-starred", "en", "{a}\n\n________________________________\n*From:* Kissen <p@k.example>\n*Sent:* Tuesday\n*To:* kim\n*Subject:* KC\n\n{q}"),
    Mail(
        "gmail-narrow",
        "en",
        "{a}\n\nOn Tuesday,\nAugust 4, 2026 at\n9:41 AM\nKissen & Co\nCustomer Care\n"
        "<post.7f3@kissen.example>\nwrote:\n\n{q}",
    ),
    Mail(
        "yahoo-wrapped",
        "de",
        "{a}\n\nAm Dienstag, 4. August 2026 um 09:41:07 MESZ hat Kissen & Co\n"
        "Kundendienst und Versand\n<post-0192837465-kim.home@antworten.kissen.example>\n"
        "Folgendes geschrieben:\n\n{q}",
    ),
    Mail("reply-above", "en", "{a}\n\n--- Please write your reply above this line ---\nKissen wrote:\n{q}\nOpen it on our site"),
    Mail("reply-above", "de", "{a}\n\n##- Bitte antworten Sie oberhalb dieser Zeile -##\nNeue Nachricht von Kissen\n{q}"),
    Mail("reply-above", "fr", "{a}\n\n=== Merci de répondre au-dessus de cette ligne ===\nNouveau message\n{q}"),
    Mail("reply-above", "es", "{a}\n\n## Escriba su respuesta por encima de esta línea ##\n{q}"),
    Mail("reply-above", "it", "{a}\n\n-- Si prega di rispondere sopra questa riga --\n{q}"),
    Mail("laposte", "fr", "{a}\n\n> Message du 04/08/26 09:41\n> De : Kissen <p@k.example>\n> A : kim@home.example\n> Copie à :\n> Objet : KC-20881\n>\n> {q}"),
    Mail("virgilio", "it", "{a}\n\n----Messaggio originale----\nDa: p@k.example\nData: 4-ago-2026 9.41\nA: <kim@home.example>\nOgg: KC-20881\n\n{q}"),
    Mail("gmail-broken-address", "de", "{a}\n\nAm Di., 4. Aug. 2026 um 09:41 Uhr schrieb Kissen und Co Kundenservice <\npost.7f3@kissen.example>:\n\n> {q}"),
    Mail("tuta", "sv", "{a}\n\n4 aug. 2026 09:41 av p@k.example:\n\n> {q}"),
    Mail("zoho", "en", "{a}\n\n---- On Tue, 04 Aug 2026 09:41:02 +0100 Kissen <p@k.example> wrote ----\n\n{q}"),
    Mail("notes", "en", '{a}\n\n-----"Kissen" <p@k.example> wrote: -----\nTo: kim@home.example\nFrom: "Kissen" <p@k.example>\n\n{q}'),
    Mail("zimbra-plain", "fr", '{a}\n\n----- Mail original -----\nDe: "Kissen" <p@k.example>\nÀ: kim@home.example\nEnvoyé: Mardi\nObjet: KC\n\n{q}'),
    Mail("horde", "de", "{a}\n\nZitat von Kissen <p@k.example>:\n\n> {q}"),
    Mail("wrapped-address", "de", "{a}\n\nAm Dienstag, den 4. August 2026 um 09:41 Uhr schrieb\nKissen und Co\nAbteilung Versand\n<post-7f3@\nkissen.example>:\n\n{q}"),
    Mail("double-spaced", "en", "{a}\n\nFrom: Kissen <p@k.example>\n\nSent: Tuesday\n\nTo: kim@home.example\n\nSubject: KC\n\n{q}"),
    Mail("reply-above", "nl", "{a}\n\nGelieve boven deze lijn te antwoorden\n{q}"),
    Mail("reply-above", "sv", "{a}\n\n--- Svara ovanför den här raden ---\n{q}"),
    Mail("reply-above", "cs", "{a}\n\n##- Odpovězte prosím nad tímto řádkem -##\n{q}"),
    Mail("reply-above", "ru", "{a}\n\n--- Пожалуйста, введите ответ над этой линией ---\n{q}"),
    Mail("reply-above", "nl", "{a}\n\n-- Typ uw antwoord boven deze regel --\n{q}"),
    Mail("reply-above", "pl", "{a}\n\n-- Prosimy odpowiedzieć powyżej tej linii --\n{q}"),
    Mail("reply-above", "pt", "{a}\n\n-- Responda acima desta linha --\n{q}"),
]  # fmt: skip

HISTORIES = [*_plain_intros(), *_html_intros(), *_heads(), *MORE]
