"""Views of a page that somebody wants to find again: listed, saved, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gaps.models import SavedView
from ldnplanner.common.requests import SignedInRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

MOST_VIEWS = 50
NOT_KEPT = ("page", "cell", "_export", "csrfmiddlewaretoken")


def saved_views(page: str, user: User | AnonymousUser) -> list[SavedView]:
    """The views of a page that this person finds: their own, and those that are shared with everybody."""
    wanted = Q(shared=True) | Q(owner=user.pk) if user.is_authenticated else Q(shared=True)
    return list(SavedView.objects.filter(wanted, page=page).select_related("owner").order_by("-shared", "name", "pk")[: 2 * MOST_VIEWS])


def deletable(user: User | AnonymousUser) -> Q:
    """Which views this person may delete: their own, and for curators the shared ones."""
    return Q(owner=user.pk) | Q(shared=True) if user.has_perm("gaps.curate_gap") else Q(owner=user.pk)


@require_POST
def save_view(request: SignedInRequest, page: str) -> HttpResponse:
    """Keep the choices of a page under a name; saving under a name again replaces its choices."""
    if page not in SavedView.Page.values:
        raise Http404
    query = kept_query(request.POST.get("query", ""))
    name = " ".join(request.POST.get("name", "").split())
    shared = request.POST.get("shared") == "on" and request.user.has_perm("gaps.curate_gap")

    own = SavedView.objects.filter(owner=request.user, page=page)
    view = own.filter(name=name).first() or SavedView(owner=request.user, page=page, name=name)
    view.query, view.shared = query, shared
    refused = _refused(view, own.count())

    if refused:
        messages.error(request, _("The view was not saved. %(why)s") % {"why": refused})
    else:
        view.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})

    return redirect(f"{reverse(page)}?{query}")


@require_POST
def delete_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a saved view."""
    view = get_object_or_404(SavedView.objects.filter(deletable(request.user)), pk=pk)

    view.delete()

    messages.success(request, _("“%(name)s” is deleted.") % {"name": view.name})
    return redirect(f"{reverse(view.page)}?{kept_query(request.POST.get('query', ''))}")


def kept_query(text: str) -> str:
    """The choices behind the question mark, without what belongs to one visit only."""
    try:
        query = QueryDict(text.removeprefix("?"), mutable=True)
    except ValueError:
        return ""
    for name in NOT_KEPT:
        query.pop(name, None)
    return query.urlencode()


def _refused(view: SavedView, kept: int) -> str:
    """Why a view cannot be saved, as a sentence that names the field; empty when it can."""
    if view.pk is None and kept >= MOST_VIEWS:
        return _("You have %(n)s saved views of this page; delete one first.") % {"n": MOST_VIEWS}
    try:
        view.full_clean()
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        label = "" if name == NON_FIELD_ERRORS else f"{capfirst(SavedView._meta.get_field(name).verbose_name)}: "  # type: ignore[union-attr]
        return label + sentences[0]
    return ""
