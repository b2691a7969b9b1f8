"""All checks of `manage.py doctor`, in the order in which they are told."""

from functools import partial

from django.db import Error

from inbox.models import Marketplace
from inbox.services.ops.doctor import database, network, processes
from inbox.services.ops.doctor.findings import Check, Finding, run_checks

CHECKS: dict[str, Check] = {
    "settings": processes.check_settings,
    "database": database.check_database,
    "migrations": database.check_migrations,
    "sort order": database.check_collation,
    "indexes": database.check_indexes,
    "backup": database.check_backup,
    "redis": processes.check_redis,
    "worker": processes.check_workers,
    "live": processes.check_live,
    "outbox": processes.check_outbox,
    "files": processes.check_storage,
    "disk": processes.check_disk,
    "credentials": processes.check_credentials,
    "clocks": processes.check_clocks,
    "mail": network.check_mail,
    "address": network.check_public_url,
    "certificate of the desk": network.check_certificate_of_desk,
}


def examine() -> list[Finding]:
    """Ends after some seconds, whatever hangs."""
    return run_checks(CHECKS | _certificate_checks())


def _certificate_checks() -> dict[str, Check]:
    """One for each marketplace; none without a database, which has a finding of its own."""
    try:
        marketplaces = list(Marketplace.objects.filter(is_active=True).order_by("slug"))
    except Error:
        return {}
    return {
        f"certificate of {one.slug}": partial(network.check_certificate_of, one)
        for one in marketplaces
    }
