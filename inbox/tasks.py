"""Celery tasks: each loads a row and calls its service. None polls conversations."""

from celery import shared_task

from inbox.pages import account_mail, report_mail
from inbox.services import files, live_news
from inbox.services.insight import rollups, topic_paces
from inbox.services.mails import accounts, invitations, reports
from inbox.services.marketplaces import score_readings
from inbox.services.ops import audit_chain
from inbox.services.outbox import delivery, queue
from inbox.services.people import notifications, sign_in
from inbox.services.privacy import erasing, retention
from inbox.services.triage import queue_tallies, snooze


@shared_task
def deliver_reply(pk: int) -> None:
    delivery.deliver(pk)


@shared_task
def sweep_outbox() -> None:
    queue.sweep()


@shared_task
def sweep_files() -> None:
    files.sweep()


@shared_task
def end_expired_snoozes() -> None:
    snooze.end_expired_snoozes()


@shared_task
def notify_near_deadlines() -> None:
    notifications.notify_near_deadlines()
    notifications.mark_outdated_read()


@shared_task
def merge_tallies() -> None:
    queue_tallies.merge_tallies()


@shared_task
def keep_rollups() -> None:
    rollups.keep()


@shared_task
def sweep_sign_ins() -> None:
    sign_in.sweep()


@shared_task
def sweep_live_changes() -> None:
    live_news.sweep()


@shared_task
def read_scores() -> None:
    score_readings.read_daily()


@shared_task
def mail_reports() -> None:
    reports.send_due(report_mail.write)


@shared_task
def mail_account_news(kind: str, pk: int) -> None:
    accounts.send_news(kind, pk, account_mail.write)


@shared_task
def mail_invitation(person_pk: int) -> None:
    invitations.send_invitation(person_pk, account_mail.write_invitation)


@shared_task
def measure_topic_paces() -> None:
    topic_paces.measure_paces()


@shared_task
def finish_erasures() -> None:
    erasing.finish()


@shared_task
def clear_old_data() -> None:
    retention.clear_at_night()


@shared_task
def keep_audit_log() -> None:
    audit_chain.cut()
    audit_chain.tell_head()
