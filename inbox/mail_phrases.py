"""Phrases people write above a forwarded mail, and the small print at the end of one.

In the languages of `mail_words`.
"""

import re

# Prefixes of a forwarded mail's subject.
_HANDED_ON = re.compile(
    r"\W*(?:fwd?|wg|wtr|tr|rv|i|inoltr\w*|enc|doorst\w*|pd|vs|vb|vl|[iİ]̇?lt|yönlendir\w*|πρθ"
    r"|προωθ\w*|redirec\w*|tovább\w*|пересл\w*)\s?:",
    re.IGNORECASE,
)
_POINTS_BELOW = re.compile(
    r"\b(?:see|read|look|as) (?:\w+ ){0,4}below\b|\bbelow (?:is|are|you (?:will )?find)\b"
    r"|\b(?:e-?mail|message|mail|reply|answers?) below\b|\bforward(?:ed|ing)?\b|\bf\.?y\.?i\b"
    r"|\bsiehe (?:\w+ ){0,4}(?:unten|anbei)|\bs\. ?u\.|\buntenstehend|\bweiter(?:ge)?leite"
    r"|\bleite (?:\w+ ){1,6}weiter\b|\b(?:mail|nachricht|antwort\w*) (?:\w+ )?unten\b"
    r"|\bzur (?:info|kenntnis)|\bz\. ?k\.|\bci[- ]dessous\b|\btransf[eè]r|\bpour (?:votre )?info"
    r"|\b(?:ver|véase|vea|mire|lea) (?:\w+ ){0,3}(?:abajo|a continuación)|\bmás abajo\b|\breen[vw]"
    r"|\bvedi (?:\w+ ){0,2}(?:sotto|di seguito)|\bqui sotto\b|\bdi seguito\b|\binoltr[oa]"
    r"|\b(?:zie|lees) (?:\w+ ){0,3}(?:hieronder|onder)|\bter info\b|\bstuur (?:\w+ ){1,5}door\b"
    r"|\bponiżej\b|\bprzekazuj|\bprzesyłam\b|\bver (?:\w+ ){0,2}abaixo|\bveja abaixo\b|\bencaminh"
    r"|\bse (?:\w+ ){0,2}(?:nedenfor|nedan\w*|herunder|under)\b|\bvideresend|\bvidarebefordra"
    r"|\bkatso (?:\w+ ){0,2}al(?:la|ta)\b|\bvälitän\b|\bviz (?:\w+ ){0,2}níže\b|\bpřepos[íi]l"
    r"|\başağıda|\biletiyorum\b|\bπαρακάτω\b|\bπροωθώ\b|\bmai jos\b|\bredirecționez\b"
    r"|\b(?:lásd|ld\.?) (?:\w+ ){0,2}(?:lent|alább)|\btovábbítom\b|\b(?:см\.?|смотрите) ниже\b"
    r"|\bпересылаю\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\W*(?:(?:mit )?(?:\w+ und )?(?:freundlich|herzlich|best|viel|lieb|schön)\w* gr[uü](?:ß|ss)\w*"
    r"|gruß|mfg|lg|(?:(?:best|kind|warm|with best|with kind) )?regards|best wishes"
    r"|(?:yours )?sincerely|(?:bien )?cordialement|bien à vous|(?:\w+ )?salutations"
    r"|(?:un )?(?:cordial )?saludos?|atentamente|(?:cordiali|distinti) saluti|saluti"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet\w*|groet\w*|(?:\w+ )?pozdrawia\w*|z poważaniem"
    r"|(?:\w+ )?cumprimentos|atenciosamente|(?:med )?venlig hilsen|(?:med )?vennlig hilsen|mvh"
    r"|hilsen|(?:med )?vänlig\w* hälsning\w*|hälsningar|(?:ystävällisin )?terveisin|s pozdravem"
    r"|saygılarım\w*|με εκτίμηση|cu stimă|üdvözlettel|с уважением)\b.{0,30}",
    re.IGNORECASE,
)
# Small print of marketplaces, companies and their lawyers.
_SMALL_PRINT = re.compile(
    r"unsubscri|privacy|confidential|copyright|©|all rights reserved|(?:not|don['’]t) reply"
    r"|no-?reply|automatic|automatisch|datenschutz|impressum|\babmelden\b|vertraulich|amtsgericht"
    r"|handelsregister|\bhrb\b|\bust-?id|geschäftsführ|nicht auf diese|désabonn|désinscri"
    r"|confidentiel|ne pas répondre|mentions légales|automatique|\bsiret\b|darse de baja"
    r"|confidencial|no responda|aviso legal|disiscri|riservat|non rispondere|\bp\.? ?iva\b"
    r"|afmelden|vertrouwelijk|niet (?:te )?(?:be)?antwoorden|wypisz|poufn|nie odpowiada|fortrolig"
    r"|konfidentiell|luottamuksell|důvěrn|neodpovíd|\bgizli|yanıtlamay|εμπιστευτικ|confidenția"
    r"|bizalmas|конфиденциальн|не отвечайте",
    re.IGNORECASE,
)


def is_handed_on(subject: str) -> bool:
    """Whether this is a mail program's subject of a forwarded mail."""
    return _HANDED_ON.match(subject) is not None


def points_below(line: str) -> bool:
    """Whether the sender points to the text below: "See below", "FYI"."""
    return _POINTS_BELOW.search(line) is not None


def is_closing(line: str) -> bool:
    """Whether a signature follows: "Best regards", or the two dashes above it."""
    return line == "--" or _CLOSING.fullmatch(line) is not None


def is_small_print(line: str) -> bool:
    return _SMALL_PRINT.search(line) is not None
