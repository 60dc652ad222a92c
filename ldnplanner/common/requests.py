"""Requests as pages meet them."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """A request to a page that asks for a sign-in, which every page does unless it says otherwise."""

    user: User
