"""The structure of the demo texts of a language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """A conversation in four steps; each step has several versions.

    The first answer belongs to the first question and so on; a shorter list starts over.
    `{product}`, `{order}`, `{day}` and `{city}` are placeholders.
    """

    reason: str  # the code of a messaging reason
    topics: tuple[str, ...]  # or free text
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    returns: tuple[str, ...]  # the customer comes back
    endings: tuple[str, ...]  # the shop's last message
    files: str = ""  # "photo" belongs to the question, the others to the answer
    electric: bool = False  # only for products with a plug


ELECTRIC = (0, 1, 5, 9, 11)  # the products it is about


@dataclass(frozen=True, slots=True)
class Texts:
    language: str
    products: tuple[str, ...]  # the same products in the same order in every language
    categories: tuple[str, ...]
    services: tuple[str, ...]
    hellos: tuple[str, ...]
    byes: tuple[str, ...]
    shop_hellos: tuple[str, ...]  # with {customer}
    shop_byes: tuple[str, ...]  # with {agent} and {shop}
    thanks: tuple[str, ...]
    orders: tuple[Scenario, ...]
    offers: tuple[Scenario, ...]
    operator: tuple[Scenario, ...]  # the operator asks, the shop answers
    bookings: tuple[Scenario, ...]
    mail_header: str  # of a quoted mail, with {name} and {day}
    mediation: str  # the operator steps in
    photo_name: str
    invoice_name: str
    manual_name: str
    label_name: str
    legacy: tuple[tuple[str, str], ...]  # subject and body
    days: tuple[str, ...]
