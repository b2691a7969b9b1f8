"""Lists of small records of Mirakl's, typed, each in one JSON column."""

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import models
from django.db.models.expressions import Expression


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A side that takes part in a thread: CUSTOMER, SHOP, OPERATOR, or a type that is new.

    The operator has no id.
    """

    type: str = ""
    id: str = ""
    display_name: str = ""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a thread is about, e.g. an order: type MMP_ORDER, with its id and its number."""

    type: str = ""
    id: str = ""
    label: str = ""


if TYPE_CHECKING:
    Base = models.JSONField[list[Any], list[Any]]
else:
    Base = models.JSONField


class StructsField(Base):
    """A list of one struct in Python, a JSON array in the database; empty by default."""

    def __init__(self, struct: type[msgspec.Struct], **options: Any) -> None:
        super().__init__(**{"default": list, **options})
        self.reader = msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """A plain JSONField for migrations: the column doesn't depend on the struct."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", list(args), dict(options)

    def clone(self) -> "models.JSONField[Any, Any]":
        """As migrations see it."""
        return models.JSONField(**self.deconstruct()[3])

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> Any:
        """None where a join has found no row."""
        return None if value is None else self.reader.decode(value)

    def get_prep_value(self, value: Any) -> Any:
        return msgspec.to_builtins(value) if isinstance(value, list) else value

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(msgspec.to_builtins(value), model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        return msgspec.to_builtins(self.value_from_object(obj))
