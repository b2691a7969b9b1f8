"""Mails about a person's own account: a worker writes and sends them."""

import logging
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from inbox.models import User

log = logging.getLogger(__name__)

NOT_AGAIN_FOR = timedelta(minutes=2)


def are_sent() -> bool:
    """Whether the desk sends mails, with links that lead back."""
    return bool(settings.SENDS_MAIL and settings.DESK_URL)


def ask_for_reset(user: User) -> None:
    """Have a worker mail a link to choose a new password, at most once in a few minutes."""
    rows = User.objects.filter(pk=user.pk).exclude(reset_mailed_at__gt=Now() - NOT_AGAIN_FOR)
    if rows.update(reset_mailed_at=Now()):
        ask_for("reset", user)


def ask_for(kind: str, user: User) -> bool:
    """Have a worker mail it to the person; False if it can't be sent."""
    return _ask("mail_account_news", [kind, user.pk], user)


def ask_for_invitation(user: User) -> bool:
    """Have a worker mail the person's invitation; False if it can't be sent."""
    return _ask("mail_invitation", [user.pk], user)


def _ask(task: str, args: list[str | int], user: User) -> bool:
    if not user.email or not are_sent():
        return False
    try:
        current_app.send_task(
            f"inbox.tasks.{task}",
            args=args,
            retry_policy={"max_retries": 1, "interval_start": 0},
        )
    except (OperationalError, RedisError):
        log.warning("no broker; a mail to %s was not sent", user.pk, extra={"user": user.pk})
        return False
    return True
