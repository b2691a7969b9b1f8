"""The environment of a benchmark that runs a whole desk."""

import os
from contextlib import ExitStack


def set_environment(services: ExitStack, **more: str) -> None:
    """Settings of a desk with a PostgreSQL of its own, which ends with `services`.

    To be called before Django's settings are read.
    """
    from helpdesk import embedded

    os.environ |= {
        "DATABASE_URL": services.enter_context(embedded.postgresql()),
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "SECRET_KEY": "for this run",
        "CREDENTIAL_KEYS": "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
        "HTTPS": "false",
        "ADMIN_FACTOR": "false",
        **more,
    }
