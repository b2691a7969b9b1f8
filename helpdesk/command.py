"""The command `helpdesk`: manage.py for an installed package."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    execute_from_command_line(sys.argv)
