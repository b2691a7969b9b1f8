"""`python -m tests.quick_live`: the live channel's process, with a beat each second."""

import django
from django.core.management import call_command

django.setup()

from inbox.live import hub  # noqa: E402

hub.BEAT_EVERY = 1.0
call_command("live")
