"""The demo's canned replies: three languages, and one macro."""

from typing import Any

from inbox.models import CannedReply, Marketplace, Tag

DELAYED = {
    "fr": (
        "Colis en retard (démo)",
        "Bonjour {{ customer.first_name }},\n\n"
        "Merci pour votre message. Votre commande {{ order.id }} a été remise à"
        ' {{ tracking.carrier|default:"notre transporteur" }}. Vous pouvez suivre le colis'
        " ici :\n{{ tracking.url }}\n\nBien cordialement,\n{{ agent.first_name }}",
    ),
    "de": (
        "Paket verspätet (Demo)",
        "Guten Tag {{ customer.first_name }},\n\n"
        "vielen Dank für Ihre Nachricht. Ihre Bestellung {{ order.id }} wurde an"
        ' {{ tracking.carrier|default:"unseren Versanddienst" }} übergeben. Hier können Sie das'
        " Paket verfolgen:\n{{ tracking.url }}\n\nFreundliche Grüße\n{{ agent.first_name }}",
    ),
    "en": (
        "Parcel delayed (demo)",
        "Hello {{ customer.first_name }},\n\n"
        "Thank you for your message. Your order {{ order.id }} is with"
        ' {{ tracking.carrier|default:"our carrier" }} now. You can follow the parcel'
        " here:\n{{ tracking.url }}\n\nKind regards,\n{{ agent.first_name }}",
    ),
}
WELCOME = {
    "fr": ("Avec plaisir (démo)", "Avec plaisir {{ customer.first_name }} ! Bonne journée à vous."),
    "de": ("Gern geschehen (Demo)", "Gern geschehen! Ihnen noch einen schönen Tag."),
    "en": (
        "You are welcome (demo)",
        "You are welcome, {{ customer.first_name }}. Enjoy it!",
    ),
}
HOMES = {"fr": "maison-verte", "de": "nordhaus", "en": "bright-street"}
STATE = (
    "Order state (demo)",
    'Your order {{ order.id }} of {{ order.date|date:"j F Y" }}: {{ order.state }}.',
)


def load() -> None:
    """Create them again: the earlier ones were deleted with the demo's marketplaces."""
    CannedReply.objects.filter(owner=None, marketplace=None, name=STATE[0]).delete()
    _write(STATE, marketplace=None, language="en")
    thanks, _created = Tag.objects.get_or_create(name="thanks", defaults={"colour": "green"})
    for language, slug in HOMES.items():
        Marketplace.objects.filter(slug=slug).update(language=language)
        home = Marketplace.objects.get(slug=slug)
        _write(DELAYED[language], marketplace=home, language=language)
        macro = _write(WELCOME[language], marketplace=home, language=language, closes=True)
        macro.adds_tags.add(thanks)


def _write(words: tuple[str, str], **fields: Any) -> CannedReply:
    name, body = words
    return CannedReply.objects.create(name=name, body=body, **fields)
