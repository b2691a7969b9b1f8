"""When the desk was backed up; the backups are where `manage.py backup` puts them."""

from django.db import models
from django.db.models.functions import Now


class Backup(models.Model):
    """A finished backup. A restored desk lists those made before its own."""

    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
