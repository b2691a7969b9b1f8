"""`manage.py doctor`: what is well in this installation, what is not, and what to do."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inbox.services.ops.doctor import network
from inbox.services.ops.doctor.examination import examine
from inbox.services.ops.doctor.findings import Finding, State


class Command(BaseCommand):
    help = "Check this installation: one line for each part, with what to do. Changes nothing."
    # It reports them itself, beside all other findings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--mail", metavar="ADDRESS", help="also send a test mail there")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        if options["mail"]:
            findings.append(network.send_mail(options["mail"]))
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in findings], indent=2))
        else:
            self._print(findings)
        if any(one.state is State.PROBLEM for one in findings):
            sys.exit(1)

    def _print(self, findings: list[Finding]) -> None:
        width = max(len(one.part) for one in findings)
        styles = {
            State.OK: self.style.SUCCESS,
            State.WARNING: self.style.WARNING,
            State.PROBLEM: self.style.ERROR,
        }
        for one in findings:
            state = styles[one.state](f"{one.state:<7}")
            self.stdout.write(f"{state}  {one.part:<{width}}  {one.words}")
            if one.remedy:
                self.stdout.write(f"{'':<{width + 11}}→ {one.remedy}")
