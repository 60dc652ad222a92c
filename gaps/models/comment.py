"""What people say to each other about a gap."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gaps.models.gap import Gap


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments as pages show them."""

    def threads(self) -> CommentQuerySet:
        """First comments with their answers, the newest thread first."""
        return self.filter(parent=None).select_related("author", "resolved_by").prefetch_related("replies__author").order_by("-pk")

    def unresolved(self) -> CommentQuerySet:
        return self.filter(parent=None, resolved_at=None)


class Comment(models.Model):
    """One remark on a gap or on one of its parts; a thread of them can be resolved, and opened again."""

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="comments", on_delete=models.PROTECT)
    parent = models.ForeignKey(
        "self", verbose_name=_("in answer to"), related_name="replies", null=True, blank=True, on_delete=models.PROTECT
    )
    about = models.CharField(_("about"), max_length=30, blank=True, help_text=_("The part of the gap that is meant, such as population."))
    body = models.TextField(_("comment"), max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("author"), related_name="gap_comments", on_delete=models.PROTECT)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("resolved by"),
        related_name="resolved_gap_comments",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True) | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="resolved_comment_says_by_whom",
            ),
            models.CheckConstraint(condition=Q(parent__isnull=True) | Q(resolved_at__isnull=True), name="threads_are_resolved_not_answers"),
        )

    def __str__(self) -> str:
        return f"{self.author}: {self.body[:60]}"

    def clean(self) -> None:
        super().clean()
        if self.parent and (self.parent.parent_id or self.parent.gap_id != self.gap_id):
            raise ValidationError(_("An answer belongs to a first comment on the same gap."), code="parent")
