"""The files of a protocol."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from trials.contents import content_of
from trials.models import Protocol
from trials.protocol.content import Content, digest

pytestmark = pytest.mark.django_db


def test_every_file_on_the_page_can_be_taken_away(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    exports = client.get(reverse("protocol_exports", args=[protocol.uid])).context["exports"]

    assert len(exports) >= 1
    for export in exports:
        response = client.get(reverse("protocol_file", args=[protocol.uid, export.name]))
        assert response.headers["Content-Type"].startswith(export.media_type)
        assert response.headers["Content-Disposition"] == f'attachment; filename="{protocol.uid}-{export.name}.{export.extension}"'


def test_the_record_of_a_protocol_reads_back_to_the_same_record(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    taken = json.loads(client.get(reverse("protocol_file", args=[protocol.uid, "json"])).content)

    assert Content(**taken) == content_of(protocol)
    assert digest(taken) == digest(content_of(protocol).as_json())


def test_a_file_that_there_is_not_is_named(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    assert client.get(reverse("protocol_file", args=[protocol.uid, "papyrus"])).status_code == 404


def test_a_protocol_of_somebody_else_gives_no_file(client: Client, protocol: Protocol, colleague: User) -> None:
    client.force_login(colleague)

    assert client.get(reverse("protocol_exports", args=[protocol.uid])).status_code == 404
    assert client.get(reverse("protocol_file", args=[protocol.uid, "json"])).status_code == 404
