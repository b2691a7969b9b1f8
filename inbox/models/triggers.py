"""Triggers, whose SQL is made of the conditions that lists and indexes use.

A model names its triggers in `Meta.triggers`. They run once a statement, in its transaction, and
read the changed rows from `old_values` and `new_values`. `makemigrations` notices each change.
"""

import pgtrigger
from django.core.exceptions import FullResultSet
from django.db import connection, models
from django.db.models import Q
from django.db.models.sql import Query
from psycopg.sql import Literal

from inbox.models.queue_conditions import TALLIED

NEW, OLD = "SELECT 1 AS sign, * FROM new_values", "SELECT -1 AS sign, * FROM old_values"
CHANGES = {"INSERT": NEW, "UPDATE": f"{NEW} UNION ALL {OLD}", "DELETE": OLD}


class TallyTrigger(pgtrigger.Composer):
    """Adds a tally of the differences for each marketplace where a statement has made some."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    # The library's annotation says an instance, but it passes the class.
    def get_func(self, model: type[models.Model]) -> str:  # type: ignore[override]
        columns = ", ".join(TALLIED)
        sums = ", ".join(
            f"coalesce(sum(sign) FILTER (WHERE {as_sql(condition, model)}), 0) AS {column}"
            for column, condition in TALLIED.items()
        )
        is_changed = " OR ".join(f"{column} <> 0" for column in TALLIED)
        return self.format_sql(f"""
            INSERT INTO inbox_tally (marketplace_id, {columns})
            SELECT * FROM (
                SELECT marketplace_id, {sums}
                FROM ({CHANGES[str(self.operation)]}) changes GROUP BY marketplace_id
            ) sums
            WHERE {is_changed};
            RETURN NULL;
        """)  # noqa: S608  names of ours


def as_sql(condition: Q, model: type[models.Model]) -> str:
    """The condition on the model's columns, without the name of its table."""
    query = Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    try:
        sql, values = query.build_where(condition).as_sql(compiler, connection)
    except FullResultSet:
        return "true"
    return sql % tuple(Literal(value).as_string() for value in values)


TALLY_TRIGGERS = [
    TallyTrigger(name="tally_made", operation=pgtrigger.Insert),
    TallyTrigger(name="tally_changed", operation=pgtrigger.Update),
    TallyTrigger(name="tally_gone", operation=pgtrigger.Delete),
]
