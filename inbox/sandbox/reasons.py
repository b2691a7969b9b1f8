"""RE01, RE02, RE14: reasons by type, their allowed roles, and their labels by language."""

from dataclasses import dataclass

from inbox.sandbox.call import Call
from inbox.sandbox.credentials import FRONT, OPERATOR_ROLE, SELLER
from inbox.sandbox.errors import not_found
from inbox.sandbox.wire import Json

EVERYONE = (SELLER, OPERATOR_ROLE, FRONT)


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    type: str
    en: str
    fr: str
    de: str
    rights: tuple[str, ...] = EVERYONE

    def label(self, language: str) -> str:
        return {"fr": self.fr, "de": self.de}.get(language, self.en)


NOT_CUSTOMER = (SELLER, OPERATOR_ROLE)
_ORDER = (
    ("20", "Question about delivery", "Question sur la livraison", "Frage zur Lieferung"),
    ("21", "Cancel the order", "Annuler la commande", "Bestellung stornieren"),
    ("22", "Problem with the item", "Problème avec l'article", "Problem mit dem Artikel"),
    ("23", "Item not received", "Article non reçu", "Artikel nicht erhalten"),
    ("24", "Request for an invoice", "Demande de facture", "Rechnung anfordern"),
    ("25", "Return and refund", "Retour et remboursement", "Rückgabe und Erstattung"),
    ("26", "Other question", "Autre question", "Andere Frage"),
)
_OFFER = (
    ("30", "Question about the product", "Question sur le produit", "Frage zum Produkt"),
    ("31", "Availability", "Disponibilité", "Verfügbarkeit"),
    ("33", "Other question", "Autre question", "Andere Frage"),
)
_SELLER = (
    ("ONBOARDING", "Getting started", "Démarrage", "Einstieg"),
    ("INVOICING", "Invoices and payments", "Factures et paiements", "Rechnungen und Zahlungen"),
    ("CATALOG", "Catalogue and offers", "Catalogue et offres", "Katalog und Angebote"),
)
_OTHER = (
    Reason("1", "INCIDENT_OPEN", "Item not received", "Article non reçu", "Nicht erhalten"),
    Reason("10", "INCIDENT_CLOSE", "Problem solved", "Problème résolu", "Problem gelöst"),
    Reason("15", "REFUND", "Out of stock", "Rupture de stock", "Nicht auf Lager", NOT_CUSTOMER),
    Reason("17", "REFUND", "Item returned", "Article retourné", "Artikel zurück", NOT_CUSTOMER),
    Reason("RETURN_CHANGED_MIND", "RETURN", "Changed mind", "Changé d'avis", "Sinneswandel"),
    Reason(
        "34", "CANCELATION", "Cancelled by customer", "Annulé par le client", "Vom Kunden storniert"
    ),
)


def _of_type(
    kind: str, rows: tuple[tuple[str, str, str, str], ...], prefix: str = ""
) -> list[Reason]:
    return [Reason(prefix + code, kind, en, fr, de) for code, en, fr, de in rows]


REASONS = [
    *_OTHER,
    *_of_type("ORDER_MESSAGING", _ORDER),
    # Reasons for the marketplace only.
    Reason("27", "ORDER_MESSAGING", "Mediation", "Médiation", "Schlichtung", (OPERATOR_ROLE,)),
    *_of_type("OFFER_MESSAGING", _OFFER),
    *_of_type("MESSAGING", _ORDER),
    *_of_type("MMP_SELLER_MESSAGING", _SELLER, "MMP_SELLER_MESSAGING_"),
    *_of_type("MPS_ORDER_MESSAGING", _ORDER, "MPS_"),
    *_of_type("MPS_OFFER_MESSAGING", _OFFER, "MPS_"),
    *_of_type("MPS_SELLER_MESSAGING", _SELLER, "MPS_SELLER_MESSAGING_"),
]
# The types of RE02 depend on the role: a seller cannot read the reasons that open an incident.
PATH_TYPES = (
    "INCIDENT_OPEN",
    "MPS_INCIDENT_OPEN",
    "INCIDENT_CLOSE",
    "MPS_INCIDENT_CLOSE",
    "REFUND",
    "MPS_REFUND",
    "MESSAGING",
    "ORDER_MESSAGING",
    "MPS_ORDER_MESSAGING",
    "MPS_OFFER_MESSAGING",
    "OFFER_MESSAGING",
    "CANCELATION",
)
CLOSED_TO_SELLERS = ("INCIDENT_OPEN", "MPS_INCIDENT_OPEN", "MPS_INCIDENT_CLOSE")


def is_allowed(role: str, reason_type: str, code: str) -> bool:
    return any(
        reason.code == code and reason.type == reason_type and role in reason.rights
        for reason in REASONS
    )


def label(reason_type: str, code: str, language: str) -> str:
    found = (one for one in REASONS if (one.type, one.code) == (reason_type, code))
    return next(found).label(language)


def all_of_them(call: Call) -> Json:
    """RE01"""
    return {"reasons": [_with_rights(call, reason) for reason in REASONS]}


def _with_rights(call: Call, reason: Reason) -> Json:
    shape = _short(call, reason) | {
        "type": reason.type,
        "is_shop_right": SELLER in reason.rights,
    }
    if call.role != SELLER:
        shape["is_operator_right"] = OPERATOR_ROLE in reason.rights
        shape["is_customer_right"] = FRONT in reason.rights
    return shape


def _short(call: Call, reason: Reason) -> Json:
    return {"code": reason.code, "label": reason.label(call.language)}


def of_type(call: Call, reason_type: str) -> Json:
    """RE02"""
    closed = call.role == SELLER and reason_type in CLOSED_TO_SELLERS
    if reason_type not in PATH_TYPES or closed:
        raise not_found("Reason type", reason_type)
    found = [_short(call, reason) for reason in REASONS if reason.type == reason_type]
    return {"reasons": found, "total_count": len(found)}


def of_messages(call: Call) -> Json:
    """RE14: the old generic type, only with reasons for the caller."""
    found = [
        _short(call, reason)
        for reason in REASONS
        if reason.type == "MESSAGING" and call.role in reason.rights
    ]
    return {"reasons": found, "total_count": len(found)}
