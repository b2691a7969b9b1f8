"""What is demanded of people at login."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupPolicy(models.Model):
    """Of the people in a group. Without a row nothing is demanded."""

    group = models.OneToOneField(Group, models.CASCADE, primary_key=True, related_name="policy")
    demands_factor = models.BooleanField(_("demands a second step at login"), default=False)

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("login")

    def __str__(self) -> str:
        return str(self.group)
