"""A constraint that Django lacks: a foreign key of two columns."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BaseConstraint

# Django passes a class, the stubs say: or None.
ModelClass = Any


class SameMarketplace(BaseConstraint):
    """A row's marketplace is that of its `owner`, the row that this foreign key names.

    It replaces the constraint of that foreign key, which has `db_constraint=False`: one check
    costs as much as the other. The owner's table has a unique constraint on id and marketplace.
    """

    def __init__(self, *, owner: str, name: str) -> None:
        super().__init__(name=name)
        self.owner = owner

    def constraint_sql(self, model: ModelClass, schema_editor: object) -> str:
        key = model._meta.get_field(self.owner)
        return (
            f'CONSTRAINT "{self.name}" FOREIGN KEY ("{key.column}", "marketplace_id")'
            f' REFERENCES "{key.related_model._meta.db_table}" ("id", "marketplace_id")'
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(self, model: ModelClass, schema_editor: object) -> str:
        table, constraint = model._meta.db_table, self.constraint_sql(model, schema_editor)
        return f'ALTER TABLE "{table}" ADD {constraint}'

    def remove_sql(self, model: ModelClass, schema_editor: object) -> str:
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"'

    def validate(self, *args: object, **kwargs: object) -> None:
        """No form changes these columns."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameMarketplace) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "owner": self.owner}
