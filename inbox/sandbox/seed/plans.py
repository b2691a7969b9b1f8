"""The plans of the three marketplaces."""

from dataclasses import dataclass

from inbox.sandbox.seed.texts import Texts
from inbox.sandbox.seed.texts_de import GERMAN
from inbox.sandbox.seed.texts_en import ENGLISH
from inbox.sandbox.seed.texts_fr import FRENCH
from inbox.sandbox.world import OPERATOR, Party, Sender, Shop


@dataclass(frozen=True, slots=True)
class Plan:
    slug: str
    name: str
    prefix: str  # prefix of order numbers
    locale: str
    currency: str
    country: str
    city: str
    country_name: str
    channels: dict[str, str]
    operator_user: str
    shops: tuple[Shop, ...]  # the agent's own comes first
    texts: Texts
    share: float
    tax_rate: float | None = None
    has_parcels: bool = False
    bodies: str = "html"
    pace: float = 1.0  # how slowly its shops answer, compared with the others

    @property
    def operator(self) -> Sender:
        return Sender(Party(OPERATOR, self.name), self.operator_user)


PLANS = (
    Plan(
        slug="maison-verte",
        name="Maison Verte",
        prefix="MV",
        locale="fr_FR",
        currency="EUR",
        country="FRA",
        city="Démoville",
        country_name="France",
        channels={"MV-FR": "France", "MV-BE": "Belgique"},
        operator_user="Équipe Démo",
        shops=(
            Shop(2001, "Atelier Démo", "Sacha Démo"),
            Shop(2002, "Jardin Exemple", "Noa Exemple"),
            Shop(2003, "Lumière Essai", "Lou Essai"),
        ),
        texts=FRENCH,
        share=0.42,
    ),
    Plan(
        slug="nordhaus",
        name="Nordhaus",
        prefix="NH",
        locale="de_DE",
        currency="EUR",
        country="DEU",
        city="Musterstadt",
        country_name="Deutschland",
        channels={"NH-DE": "Deutschland", "NH-AT": "Österreich"},
        operator_user="Team Beispiel",
        shops=(
            Shop(2101, "Werkstatt Beispiel", "Robin Beispiel"),
            Shop(2102, "Wohnidee Muster", "Toni Muster"),
            Shop(2103, "Lichthaus Probe", "Kim Probe"),
        ),
        texts=GERMAN,
        share=0.33,
        has_parcels=True,
        bodies="text",
        pace=2.2,
    ),
    Plan(
        slug="bright-street",
        name="Bright Street",
        prefix="BS",
        locale="en_GB",
        currency="GBP",
        country="GBR",
        city="Sampleton",
        country_name="United Kingdom",
        channels={"BS-UK": "United Kingdom", "BS-IE": "Ireland"},
        operator_user="Demo Team",
        shops=(
            Shop(2201, "Sample Studio", "Jamie Sample"),
            Shop(2202, "Demo Outlet", "Alex Demo", state="CLOSE"),
            Shop(2203, "Example Living", "Sam Example", "SUSPENDED", suspension="MANUAL"),
        ),
        texts=ENGLISH,
        share=0.25,
        bodies="text_br",
        tax_rate=20.0,
        pace=0.7,
    ),
)
