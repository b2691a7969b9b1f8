"""What is stopped because it takes too long."""

from django.db import OperationalError


class ReportTooSlowError(OperationalError):
    """A report was stopped by its own time-out."""
