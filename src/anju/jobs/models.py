"""Failures of jobs; the queue itself keeps jobs, events and workers but no error."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobFailure(models.Model):
    """One failed try of a job, its error scrubbed of personal data."""

    job_id = models.BigIntegerField(_("job"), db_index=True)
    task_name = models.CharField(_("kind of job"), max_length=128)
    attempt = models.PositiveIntegerField(_("try"))
    error = models.TextField(_("error"))
    failed_at = models.DateTimeField(_("failed"))

    class Meta:
        verbose_name = _("failed try")
        verbose_name_plural = _("failed tries")
        indexes = [models.Index(fields=["-failed_at"], name="jobfailure_newest")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.error[:60]}"
