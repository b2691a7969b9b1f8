"""Data that only some kinds of messages have, typed, in one JSON column."""

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import models
from django.db.models.expressions import Expression


class NamedCustomer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The customer that a storefront writes as. OR42 and SOF43 need all of it; SOR43 needs nothing:
    the id tells the desk whose conversation it is."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    locale: str = ""


class Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """Data of one kind, beside the columns of all kinds."""

    customer: NamedCustomer | None = None  # OR42, SOR43, SOF43 of a storefront
    documents: dict[str, str] = {}  # OR42: names by id of documents that the order has already
    document_types: dict[str, str] = {}  # OR74: type codes by file name
    original_name: str = ""  # OR74: the file's name before its accents were taken out


if TYPE_CHECKING:
    Base = models.JSONField[Details, Details]
else:
    Base = models.JSONField


class DetailsField(Base):
    """Details in Python, a JSON object in the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default": Details, **options})

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> Details | None:
        """None where a join has found no row."""
        if value is None:
            return None
        return msgspec.convert(super().from_db_value(value, expression, connection), Details)

    def get_prep_value(self, value: Any) -> Any:
        return msgspec.to_builtins(value) if isinstance(value, Details) else value

    def to_python(self, value: Any) -> Details:
        return msgspec.convert(value, Details)

    def value_to_string(self, obj: models.Model) -> Any:
        return msgspec.to_builtins(self.value_from_object(obj))
