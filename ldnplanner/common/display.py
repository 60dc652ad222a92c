"""Light or dark, as the reader chose it."""

from django.http import HttpRequest

SCHEME_COOKIE = "scheme"
SCHEMES = ("light", "dark")


def scheme(request: HttpRequest) -> dict[str, str]:
    """The forced colour scheme of this reader, or nothing to follow the system (a context processor)."""
    chosen = request.COOKIES.get(SCHEME_COOKIE, "")
    return {"scheme": chosen if chosen in SCHEMES else ""}
