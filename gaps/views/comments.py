"""What people say to each other about a gap: threads, answers, and what is settled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gaps.forms.comments import AnswerForm, CommentForm, parts_of
from gaps.models import Comment, Gap
from gaps.views.page import find_gap, gap_page
from ldnplanner.common.requests import SignedInRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

THREADS_PER_PAGE = 20
MAY_EDIT_FOR = timedelta(minutes=15)
KEY = re.compile(r"[0-9]{1,18}")
ROLES = ("gaps.change_gap", "gaps.review_gap", "gaps.score_gap", "gaps.curate_gap")


@dataclass(frozen=True)
class Thread:
    """A first comment as this reader sees it: with its answers, and what the reader may do."""

    first: Comment
    part: str
    replies: list[Comment]
    editable: set[int]
    may_resolve: bool
    form: AnswerForm | None


def may_comment(user: User | AnonymousUser, gap: Gap) -> bool:
    """Whether this person plays any role of the register; nothing is added to a gap that was merged into another."""
    return gap.status != Gap.Status.MERGED and any(user.has_perm(permission) for permission in ROLES)


def may_edit(user: User | AnonymousUser, comment: Comment) -> bool:
    """Whether it is this person's own comment of the last fifteen minutes."""
    return comment.author_id == user.pk and timezone.now() - comment.created_at < MAY_EDIT_FOR


def may_resolve(user: User | AnonymousUser, gap: Gap, thread: Comment) -> bool:
    """Whether this person opened the thread, owns the gap, or keeps the register."""
    own = user.is_authenticated and user.pk in {thread.author_id, gap.owner_id}
    return own or user.has_perm("gaps.curate_gap")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def gap_comments(request: HttpRequest, uid: str) -> HttpResponse:
    """The threads of a gap, the open ones first; a comment or an answer is added."""
    gap = find_gap(request, uid)
    if request.method == "POST" and not may_comment(request.user, gap):
        raise PermissionDenied

    parent = _answered(request, gap)
    form: AnswerForm | CommentForm = (
        AnswerForm(request.POST, instance=Comment(gap=gap, parent=parent), auto_id=f"answer-{parent.pk}-%s")
        if parent
        else CommentForm(request.POST or None, gap=gap)
    )

    if request.method == "POST" and form.is_valid():
        form.instance.author = request.user  # type: ignore[assignment]  # who may comment is signed in
        comment = form.save()
        messages.success(request, _("Your answer is added.") if parent else _("Your comment is added."))
        return redirect(_place(request, gap, comment))

    context = {
        **_threads(request, gap, parent, form),
        "form": CommentForm(gap=gap) if parent else form,
        "may_comment": may_comment(request.user, gap),
        "failed": form if form.errors else None,
    }
    return gap_page(request, gap, "gaps/gap_comments.html", context, code=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: SignedInRequest, uid: str, pk: str) -> HttpResponse:
    """An own comment changed within fifteen minutes; afterwards the words typed are kept, to be added as an answer."""
    gap = find_gap(request, uid)
    comment = get_object_or_404(gap.comments, pk=pk, author=request.user)
    form = AnswerForm(request.POST or None, instance=comment)
    form.fields["body"].label = _("Your comment")

    if request.method == "POST" and form.is_valid():
        if may_edit(request.user, comment):
            form.instance.edited_at = timezone.now()
            form.save()
            messages.success(request, _("Your comment is changed."))
            return redirect(_place(request, gap, comment))
        form.add_error("body", _("A comment can be changed for fifteen minutes, and these are over. Copy your words into an answer."))
    elif request.method != "POST" and not may_edit(request.user, comment):
        messages.error(request, _("A comment can be changed for fifteen minutes, and these are over. Add an answer instead."))
        return redirect(_place(request, gap, comment))

    return gap_page(request, gap, "gaps/comment_edit.html", {"form": form}, code=422 if form.errors else 200)


@require_POST
def comment_resolve(request: SignedInRequest, uid: str, pk: str) -> HttpResponse:
    """A thread that is settled, or open again."""
    gap = find_gap(request, uid)
    thread = get_object_or_404(gap.comments.filter(parent=None), pk=pk)
    if not may_resolve(request.user, gap, thread):
        raise PermissionDenied

    if request.POST.get("action") == "reopen":
        thread.resolved_by, thread.resolved_at = None, None
        thread.save(update_fields=["resolved_by", "resolved_at"])
        messages.success(request, _("The thread is open again."))
    elif thread.resolved_at is None:
        thread.resolved_by, thread.resolved_at = request.user, timezone.now()
        thread.save(update_fields=["resolved_by", "resolved_at"])
        messages.success(request, _("The thread is resolved, and folded below."))

    return redirect(_place(request, gap, thread))


def _answered(request: HttpRequest, gap: Gap) -> Comment | None:
    """The thread that a posted answer belongs to; none for a new thread."""
    given = request.POST.get("parent", "")
    return get_object_or_404(gap.comments.filter(parent=None), pk=given if KEY.fullmatch(given) else 0) if given else None


def _threads(request: HttpRequest, gap: Gap, parent: Comment | None, form: AnswerForm) -> dict[str, Any]:
    """One page of threads, the open ones first and the newest of them on top; the page of a refused answer is the one it was typed on."""
    threads = Comment.objects.threads().filter(gap=gap).order_by(F("resolved_at").desc(nulls_first=True), "-pk")
    page = Paginator(threads, THREADS_PER_PAGE).get_page(request.GET.get("page"))
    user, parts = request.user, {name: str(label) for name, label in parts_of(gap)}
    may_answer = may_comment(user, gap)

    def shown(first: Comment) -> Thread:
        replies = list(first.replies.all())
        answer = form if parent and parent.pk == first.pk else AnswerForm(auto_id=f"answer-{first.pk}-%s")
        return Thread(
            first,
            parts.get(first.about, first.about) if first.about else "",
            replies,
            {comment.pk for comment in (first, *replies) if may_edit(user, comment)},
            may_resolve(user, gap, first),
            answer if may_answer else None,
        )

    shown_threads = [shown(first) for first in page]
    return {
        "page": page,
        "open_threads": [thread for thread in shown_threads if thread.first.resolved_at is None],
        "resolved_threads": [thread for thread in shown_threads if thread.first.resolved_at],
    }


def _place(request: HttpRequest, gap: Gap, comment: Comment) -> str:
    """The address of a comment: on the page of threads where one was, or on the first for a new thread."""
    number = request.GET.get("page", "")
    page = f"?page={number}" if number.isdecimal() and (comment.parent_id or comment.resolved_at) else ""
    return f"{reverse('gap_comments', args=[gap.uid])}{page}#comment-{comment.pk}"
