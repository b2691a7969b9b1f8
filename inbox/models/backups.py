"""When the desk was backed up; the back-ups themselves lie where `manage.py backup` puts them."""

from django.db import models
from django.db.models.functions import Now


class Backup(models.Model):
    """One that was made. A restored desk knows of those that were made before its own."""

    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
