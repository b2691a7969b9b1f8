"""Names of people, plainly fictional."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    first: tuple[str, ...]
    last: tuple[str, ...]
    organizations: tuple[str, ...]


NAMES = {
    "fr": Names(
        first=(
            "Camille",
            "Louise",
            "Gabriel",
            "Jade",
            "Raphaël",
            "Inès",
            "Hugo",
            "Chloé",
            "Arthur",
            "Zoé",
            "Mehdi",
            "Agathe",
            "Élodie",
            "Baptiste",
            "Aminata",
            "Maëlys",
            "Thibault",
            "Françoise",
            "Joël",
            "Solène",
        ),
        last=("Démo", "Exemple", "Essai", "Modèle", "Témoin", "Fictif", "d'Exemple", "Spécimen"),
        organizations=("Exemple & Filles SARL", "Bureaux Démo SA", "Mairie de Démoville"),
    ),
    "de": Names(
        first=(
            "Emma",
            "Ben",
            "Mia",
            "Jonas",
            "Hannah",
            "Finn",
            "Lina",
            "Elias",
            "Marie",
            "Paul",
            "Jürgen",
            "Käthe",
            "Björn",
            "Ayşe",
            "Mehmet",
            "Sören",
            "Annegret",
            "Kunde",
            "Uwe",
            "Leonie",
        ),
        last=(
            "Beispiel",
            "Muster",
            "Probe",
            "Demo",
            "Vorlage",
            "Platzhalter",
            "von Muster",
            "Müller-Beispiel",
        ),
        organizations=("Beispiel & Töchter GmbH", "Demo Büro AG", "Stadt Musterstadt"),
    ),
    "en": Names(
        first=(
            "Olivia",
            "George",
            "Amelia",
            "Noah",
            "Isla",
            "Arthur",
            "Ava",
            "Leo",
            "Grace",
            "Oscar",
            "Freya",
            "Theo",
            "Priya",
            "Kwame",
            "Aisha",
            "Callum",
            "Megan",
            "Rhys",
            "Yusuf",
            "Niamh",
        ),
        last=(
            "Sample",
            "Demo",
            "Example",
            "Specimen",
            "Placeholder",
            "Mockup",
            "Tester",
            "Fixture",
        ),
        organizations=("Sample & Daughters Ltd", "Demo Offices plc", "Example School Trust"),
    ),
}
