"""The register as an import finds it: its rows by what they are known by, and as they will be."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gaps.doi import normalise_doi
from gaps.exchange.matching import KNOWN_BY, address, plain
from gaps.exchange.record import Key, Unfit
from gaps.models import Gap, Source


@dataclass(eq=False)
class Target:
    """A row of the register as it will be: one that is there, or a new one (`pk` none). References are other targets."""

    model: type[models.Model]
    values: dict[str, Any]
    pk: Any = None
    given: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    linked: dict[str, list[Target]] = field(default_factory=dict)
    move: str = ""
    instance: Any = None

    @property
    def token(self) -> Any:
        """What stands for it in the key of another row."""
        return self.pk if self.pk is not None else self

    def label(self) -> str:
        """What a person calls it."""
        values = self.values
        if self.model is Source:
            return str(
                Source(
                    **{name: values.get(name) or "" for name in ("authors", "title", "doi", "url")}, year=values.get("year")
                ).short_name()
            ) or str(values.get("pmid") or values.get("slug"))
        named = [values.get(name) for name in ("uid", "identifier", "label", "title", "code", "quote", "slug")]
        parent = next((values[name] for name in ("gap", "study") if isinstance(values.get(name), Target)), None)
        own = next((str(name) for name in named if name), str(self.model._meta.verbose_name))
        return f"{parent.label()}, {own}" if parent is not None else own


class Index:
    """The rows of one model by their keys, read once; rows that a file adds are found, too."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.ways = KNOWN_BY[model]
        self.found: dict[tuple[str, Hashable], Any] = {}
        self.rows: dict[Any, dict[str, Any]] = {}
        names = [each.attname for each in model._meta.concrete_fields]
        wanted = ["pk", *dict.fromkeys(name for way in self.ways for name in way.fields)] if model is Gap else ["pk", *names]
        for row in model._default_manager.order_by().values(*wanted).iterator():
            pk = row.pop("pk")
            values = self._renamed(row)
            if model is not Gap:
                self.rows[pk] = values
            for way in self.ways:
                if (key := way.key(values)) is not None:
                    self.found.setdefault((way.name, key), pk)

    def _renamed(self, row: dict[str, Any]) -> dict[str, Any]:
        fields = {each.attname: each.name for each in self.model._meta.concrete_fields}
        return {fields.get(name, name): value for name, value in row.items()}

    def load(self, pks: set[Any]) -> None:
        """Read whole rows, some hundred at a time."""
        wanted = [pk for pk in sorted(pks) if pk not in self.rows]
        for begin in range(0, len(wanted), 500):
            for row in self.model._default_manager.filter(pk__in=wanted[begin : begin + 500]).values():
                self.rows[row["id"]] = self._renamed(row)

    def keys(self, values: dict[str, Any]) -> Iterator[tuple[bool, str, tuple[str, Hashable]]]:
        tokens = {name: value.token if isinstance(value, Target) else value for name, value in values.items()}
        for way in self.ways:
            if (key := way.key(tokens)) is not None:
                yield way.strong, way.name, (way.name, key)


class Register:
    """The rows of all models that a file may speak of: each model is read once, when it is first asked for."""

    def __init__(self) -> None:
        self.indexes: dict[type[models.Model], Index] = {}
        self.targets: dict[tuple[type[models.Model], Any], Target] = {}
        self.titles: dict[str, list[Any]] | None = None

    def index(self, model: type[models.Model]) -> Index:
        if model not in self.indexes:
            self.indexes[model] = Index(model)
        return self.indexes[model]

    def target(self, model: type[models.Model], held: Any) -> Target:
        """The target of what an index holds: a new one itself, or the row with this primary key."""
        if isinstance(held, Target):
            return held
        if (model, held) not in self.targets:
            index = self.index(model)
            index.load({held})
            self.targets[model, held] = Target(model, dict(index.rows[held]), pk=held)
        return self.targets[model, held]

    def by_key(self, key: Key) -> Target | None:
        """The row with a natural key; a part of the key that is another row is given by the natural key of that one."""
        index = self.index(key.model)
        names = index.ways[0].fields if key.model is not Source else ("slug",)
        values: dict[str, Any] = dict(zip(names, key.values, strict=True))
        for name in names:
            related: Any = key.model._meta.get_field(name).related_model
            if related is not None and isinstance(values[name], str):
                values[name] = self.by_key(Key(related, (values[name],)))
        held = next((index.found[found] for _strong, _name, found in index.keys(values) if found in index.found), None)
        return None if held is None else self.target(key.model, held)

    def by_title(self) -> dict[str, list[Any]]:
        if self.titles is None:
            self.titles = {}
            for pk, values in self.index(Source).rows.items():
                self.titles.setdefault(plain(values["title"]), []).append(pk)
        return self.titles

    def named(self, text: str, called: str) -> Target:
        index = self.index(Source)
        guesses: list[tuple[str, Hashable]] = [
            ("doi", normalise_doi(text).lower()),
            ("slug", (text,)),
            ("pmid", (re.sub(r"^PMID:?\s*", "", text),)),
        ]
        for key in guesses:
            if key in index.found:
                return self.target(Source, index.found[key])
        by_address = [pk for pk, values in index.rows.items() if values["url"] and address(values["url"]) == address(text)]
        found = by_address or self.by_title().get(plain(text), [])
        if len(found) != 1:
            problem = _("No source here is called “%(text)s”.") if not found else _("Several sources are called “%(text)s”.")
            raise Unfit(called, problem % {"text": text[:80]}, _("Take the source in first and name it by its DOI or short name."))
        return self.target(Source, found[0])

    def quoted(self, text: str, called: str) -> tuple[Target, str]:
        """The source and the place of a passage that is written "title, place"."""
        at = [found.start() for found in re.finditer(", ", text)]
        for comma in reversed(at):
            found = self.by_title().get(plain(text[:comma]), [])
            if len(found) == 1:
                return self.target(Source, found[0]), text[comma + 2 :]
        raise Unfit(
            called, _("“%(text)s” names no source of the register and place in it.") % {"text": text[:80]}, _("Take the source in first.")
        )
