"""What a reader is told when a request cannot be carried out as it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

METHOD_NOT_ALLOWED = 405


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in; a part of a page that is fetched by itself is never replaced by the sign-in page.

    A fetched list sends the whole page to sign in. A draft that is being typed stays as it is, with a sentence beside it,
    so that nothing typed is lost.
    """

    def handle_no_permission(  # type: ignore[override]  # a fetched part is answered without a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        if request.method == "POST":
            response = render(request, "registration/_signed_out.html")
            response.headers["HX-Retarget"] = "#result-problem"
            return response
        back = urlencode({"next": request.get_full_path()})
        return HttpResponse(status=204, headers={"HX-Redirect": f"{resolve_url(self.get_login_url(view_func))}?{back}"})


class MethodNotAllowedMiddleware:
    """Gives the bare refusal of a method a page of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != METHOD_NOT_ALLOWED or response.content:
            return response
        page = render(request, "405.html", status=METHOD_NOT_ALLOWED)
        page.headers["Allow"] = response.headers["Allow"]
        return page
