"""Content as a file that the browser saves under a name."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(filename: str, content_type: str, content: str | bytes) -> HttpResponse:
    """The answer that is saved as ``filename``, whatever letters the name has."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    return response
