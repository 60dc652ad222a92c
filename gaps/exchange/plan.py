"""What taking a file in would change: every record held against the register, which is only read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps import status
from gaps.doi import normalise_doi
from gaps.exchange.matching import IMMUTABLE, KNOWN_BY, address, contradict, plain
from gaps.exchange.record import Failure, Key, Named, Reading, Record, Row, Unfit
from gaps.models import Gap, GapReason, Passage, Source, Study

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EMPTY: tuple[Any, ...] = ("", None)
FOR_A_NEW_GAP = (Gap.Status.PROPOSED, Gap.Status.WITHDRAWN)


class Verdict(Enum):
    """What becomes of a record."""

    NEW = gettext_lazy("new")
    CHANGED = gettext_lazy("changes")
    SAME = gettext_lazy("same")
    REFUSED = gettext_lazy("refused")


@dataclass(frozen=True)
class Change:
    """One field that the file says otherwise: what stands there, what the file says, and whether that is taken."""

    row: str
    field: str
    old: str
    new: str
    taken: bool


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


@dataclass(frozen=True, eq=False)
class Decision:
    """What becomes of one record, and by which changes."""

    record: Record
    verdict: Verdict
    target: Target | None = None
    changes: tuple[Change, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """What taking a file in would change. `failures` are the records that could not be read and those that are refused."""

    reading: Reading
    decisions: tuple[Decision, ...]
    targets: tuple[Target, ...]
    overwrite: bool

    def count(self, verdict: Verdict) -> int:
        return sum(1 for decision in self.decisions if decision.verdict is verdict)

    def counts(self) -> dict[str, int]:
        """The file in numbers: ``in_file = read + failed``, and what becomes of those read."""
        return {
            "in_file": self.reading.in_file,
            "read": len(self.reading.records),
            "failed": len(self.reading.failures),
            **{verdict.name.lower(): self.count(verdict) for verdict in Verdict},
            "kept": sum(1 for decision in self.decisions for change in decision.changes if not change.taken),
        }

    def failures(self) -> list[Failure]:
        """Every record that would not be taken in, in the order of the file."""
        refused = [decision.failure for decision in self.decisions if decision.failure]
        return sorted([*self.reading.failures, *refused], key=lambda failure: failure.line)

    def changes_nothing(self) -> bool:
        return not self.count(Verdict.NEW) and not self.count(Verdict.CHANGED)

    def digest(self) -> str:
        """The same for the same plan; another as soon as the register has changed what would happen."""
        lines = [
            [
                decision.record.line,
                decision.verdict.name,
                str(decision.target.pk) if decision.target else "",
                [list(vars(change).values()) for change in decision.changes],
            ]
            for decision in self.decisions
        ]
        return hashlib.sha256(json.dumps([self.overwrite, self.reading.in_file, lines]).encode()).hexdigest()


def make_plan(reading: Reading, by: User, *, overwrite: bool = False) -> Plan:
    """Hold every record against the register as it is now.

    Parameters
    ----------
    overwrite
        Whether a filled field takes the file's value where that is another; without it the register's stays, and the difference is told.
    """
    planner = _Planner(by, overwrite)
    planner.prepare(reading)
    decisions = tuple(planner.decide(record) for record in reading.records)
    return Plan(reading, decisions, tuple(planner.finish()), overwrite)


class _Index:
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


class _Planner:
    def __init__(self, by: User, overwrite: bool) -> None:
        self.by, self.overwrite = by, overwrite
        self.indexes: dict[type[models.Model], _Index] = {}
        self.targets: dict[tuple[type[models.Model], Any], Target] = {}
        self.written: dict[Target, None] = {}
        self.of_row: dict[Row, Target] = {}
        self.titles: dict[str, list[Any]] | None = None
        self.primary: dict[Any, Target] | None = None
        self.primary_given: set[Any] = set()
        self.numbers: dict[str, int] = {}
        self.pairs: dict[models.ManyToManyField[Any, Any], set[tuple[Any, Any]]] = {}
        self.undo: list[tuple[Any, ...]] = []

    def prepare(self, reading: Reading) -> None:
        """Read at once the gaps that the file names, whose rows are too wide to read them all."""
        rows = [row for record in reading.records for row in record.rows if row.model is Gap]
        if rows:
            index = self.index(Gap)
            keys = (index.found.get(key) for row in rows for _strong, _name, key in index.keys(dict(row.fields)))
            index.load({pk for pk in keys if pk is not None})

    def index(self, model: type[models.Model]) -> _Index:
        if model not in self.indexes:
            self.indexes[model] = _Index(model)
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

    # One record

    def decide(self, record: Record) -> Decision:
        changes: list[Change] = []
        self.undo = []
        is_new = {}
        try:
            for row in record.rows:
                is_new[row] = self._row(row, changes)
            self._moves(record)
        except Unfit as unfit:
            self._take_back()
            return Decision(record, Verdict.REFUSED, failure=unfit.failure(record.line, record.name))
        about = record.about or record.rows[0]
        any_new = any(is_new.values()) or any(change.taken for change in changes)
        verdict = Verdict.NEW if is_new[about] else Verdict.CHANGED if any_new else Verdict.SAME
        return Decision(record, verdict, self.of_row[about], tuple(changes))

    def _take_back(self) -> None:
        for take_back, *arguments in reversed(self.undo):
            take_back(*arguments)

    def _row(self, row: Row, changes: list[Change]) -> bool:
        called = row.called
        values = {name: self._resolved(row, name, value) for name, value in row.fields.items()}
        if row.model is Passage and isinstance(row.fields.get("source"), Named) and "locator" not in values:
            values["source"], values["locator"] = values["source"]
        linked = {name: values.pop(name) for name in [name for name, value in values.items() if isinstance(value, list)]}
        wanted = values.pop("status", "") if row.model is Gap else ""
        primary = values.pop("primary", False) if row.model is GapReason else False
        target = self._find(row, values)
        is_new = target is None
        target = target or self._new(row, {**row.defaults, **values})
        self.of_row[row] = target
        self.undo.append((self.of_row.pop, row, None))
        if primary:
            self._primary(target, changes, is_new=is_new)
        if not is_new:
            for name, value in values.items():
                self._compare(target, name, value, changes)
            self._claim(target, called)
        if target.changed or target.pk is None:
            self._validate(target, called)
        for name, others in linked.items():
            self._link(target, name, others, changes, is_new=is_new)
        if row.model is Gap:
            self._status(target, wanted, changes, called, is_new=is_new)
        return is_new

    def _resolved(self, row: Row, name: str, value: Any) -> Any:
        called = row.called.get(name, name)
        if isinstance(value, list):
            return [self._resolved(row, name, each) for each in value]
        if isinstance(value, Row):
            if value not in self.of_row:
                raise Unfit(called, _("What it refers to is not taken in."), _("Look at the entry that it refers to."))
            return self.of_row[value]
        if isinstance(value, Key):
            found = self._by_key(value)
            if found is None:
                words = {"what": value.model._meta.verbose_name, "key": ", ".join(map(str, value.values))}
                raise Unfit(called, _("There is no %(what)s %(key)s.") % words, _("Take it in first, or correct the name."))
            return found
        if isinstance(value, Named):
            return self._quoted(value.text, called) if row.model is Passage else self._named(value.text, called)
        return value

    def _by_key(self, key: Key) -> Target | None:
        index = self.index(key.model)
        values = dict(zip(index.ways[0].fields if key.model is not Source else ("slug",), key.values, strict=True))
        held = next((index.found[found] for _strong, _name, found in index.keys(values) if found in index.found), None)
        return None if held is None else self.target(key.model, held)

    def _by_title(self) -> dict[str, list[Any]]:
        if self.titles is None:
            self.titles = {}
            for pk, values in self.index(Source).rows.items():
                self.titles.setdefault(plain(values["title"]), []).append(pk)
        return self.titles

    def _named(self, text: str, called: str) -> Target:
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
        found = by_address or self._by_title().get(plain(text), [])
        if len(found) != 1:
            problem = _("No source here is called “%(text)s”.") if not found else _("Several sources are called “%(text)s”.")
            raise Unfit(called, problem % {"text": text[:80]}, _("Take the source in first and name it by its DOI or short name."))
        return self.target(Source, found[0])

    def _quoted(self, text: str, called: str) -> tuple[Target, str]:
        """The source and the place of a passage that is written "title, place"."""
        at = [found.start() for found in re.finditer(", ", text)]
        for comma in reversed(at):
            found = self._by_title().get(plain(text[:comma]), [])
            if len(found) == 1:
                return self.target(Source, found[0]), text[comma + 2 :]
        raise Unfit(
            called, _("“%(text)s” names no source of the register and place in it.") % {"text": text[:80]}, _("Take the source in first.")
        )

    # Which row it is

    def _find(self, row: Row, values: dict[str, Any]) -> Target | None:
        index = self.index(row.model)
        known: dict[Target, str] = {}
        for key in row.known_by:
            other = self._by_key(key)
            if other is not None:
                name = next(each.name for each in key.model._meta.fields if each.related_model is row.model)
                held = other.values[name]
                known.setdefault(held if isinstance(held, Target) else self.target(row.model, held), ", ".join(map(str, key.values)))
        weak = None
        for strong, name, key in index.keys(values):
            if key not in index.found:
                continue
            found = self.target(row.model, index.found[key])
            if strong:
                known.setdefault(found, name)
            elif weak is None and not contradict(values, found.values):
                weak = found
        if len(known) > 1:
            (one, by_one), (two, by_two), *_more = known.items()
            words = {"by_one": by_one, "one": one.label(), "by_two": by_two, "two": two.label()}
            problem = _("By its %(by_one)s it is %(one)s, by its %(by_two)s it is %(two)s.") % words
            raise Unfit(row.called.get(by_two, by_two), problem, _("Correct one of the two in the file, or in the register."))
        return next(iter(known), weak)

    def _claim(self, target: Target, called: Any) -> None:
        """Hold the keys of a target for it; refuse one that another row holds."""
        index = self.index(target.model)
        for strong, name, key in index.keys(target.values):
            held = index.found.get(key)
            if held is None:
                index.found[key] = target.token
                self.undo.append((index.found.pop, key, None))
            elif strong and self.target(target.model, held) is not target:
                other = self.target(target.model, held).label()
                raise Unfit(called.get(name, name), _("%(other)s has this already.") % {"other": other}, _("Correct it in the file."))

    # What becomes of it

    def _new(self, row: Row, values: dict[str, Any]) -> Target:
        if row.model in {Source, Study}:
            values["slug"] = self._slug(row.model, values)
        if row.model is Gap:
            if not values.get("title"):
                raise Unfit(
                    row.called.get("title", "title"),
                    _("A new gap needs a title."),
                    _("Give it one, or the identifier of a gap that is here."),
                )
            values |= {"created_by": self.by, "owner": self.by}
        target = Target(row.model, values, given=set(row.fields))
        self._claim(target, row.called)
        self.written[target] = None
        self.undo.append((self.written.pop, target, None))
        return target

    def _slug(self, model: type[models.Model], values: dict[str, Any]) -> str:
        index = self.index(model)
        author = slugify(str(values.get("authors") or "").partition(",")[0].removesuffix(" et al."))
        base = values.get("slug") or f"{author or slugify(values.get('title') or values.get('doi') or values.get('url') or '')[:40]}"
        if not values.get("slug") and values.get("year"):
            base = f"{base}-{values['year']}"
        base = slug = (base.strip("-") or "source")[:54]
        while ("slug", (slug,)) in index.found:
            self.numbers[base] = self.numbers.get(base, 1) + 1
            slug = f"{base}-{self.numbers[base]}"
        return slug

    def _compare(self, target: Target, name: str, value: Any, changes: list[Change]) -> None:
        old = target.values.get(name)
        if value in EMPTY or _same(target.model, name, old, value):
            self._give(target, name)
            return
        taken = old in EMPTY or (self.overwrite and (target.model, name) not in IMMUTABLE and name not in target.given)
        changes.append(self._change(target, name, old, value, taken=taken))
        if taken:
            self._set(target, name, value)

    def _give(self, target: Target, name: str) -> None:
        if name not in target.given:
            target.given.add(name)
            self.undo.append((target.given.discard, name))

    def _set(self, target: Target, name: str, value: Any) -> None:
        if target.model is Gap and target.values.get("status") == Gap.Status.MERGED:
            raise Unfit(
                name, _("%(gap)s was merged into another gap.") % {"gap": target.label()}, _("Change the gap that it was merged into.")
            )
        self.undo.append((target.values.__setitem__, name, target.values.get(name)))
        target.values[name] = value
        self._give(target, name)
        if target.pk is not None and name not in target.changed:
            target.changed.add(name)
            self.undo.append((target.changed.discard, name))
        if target not in self.written:
            self.written[target] = None
            self.undo.append((self.written.pop, target, None))

    def _change(self, target: Target, name: str, old: Any, new: Any, *, taken: bool) -> Change:
        label = str(getattr(target.model._meta.get_field(name), "verbose_name", name))
        return Change(target.label(), label, self._shown(target.model, name, old), self._shown(target.model, name, new), taken)

    def _shown(self, model: type[models.Model], name: str, value: Any) -> str:
        related = model._meta.get_field(name).related_model
        if isinstance(value, Target):
            return value.label()
        if isinstance(related, type) and value is not None and related in KNOWN_BY:
            return self.target(related, value).label()
        return "" if value is None else str(value)

    def _link(self, target: Target, name: str, others: list[Target], changes: list[Change], *, is_new: bool) -> None:
        relation: Any = target.model._meta.get_field(name)
        if relation not in self.pairs:
            through, own, other = relation.remote_field.through, relation.m2m_field_name(), relation.m2m_reverse_field_name()
            self.pairs[relation] = set(through._default_manager.values_list(f"{own}_id", f"{other}_id"))
        pairs = self.pairs[relation]
        for other in others:
            pair = (target.token, other.token)
            if pair in pairs:
                continue
            pairs.add(pair)
            target.linked.setdefault(name, []).append(other)
            self.undo += [(pairs.discard, pair), (target.linked[name].remove, other)]
            if target not in self.written:
                self.written[target] = None
                self.undo.append((self.written.pop, target, None))
            if not is_new:
                changes.append(Change(target.label(), str(relation.verbose_name), "", other.label(), taken=True))

    def _primary(self, target: Target, changes: list[Change], *, is_new: bool) -> None:
        """Make a reason the primary one of its gap: where it has another, only if the file's values are to be taken."""
        if self.primary is None:
            rows = self.index(GapReason).rows
            self.primary = {row["gap"]: self.target(GapReason, pk) for pk, row in rows.items() if row["primary"]}
        gap = target.values["gap"]
        token = gap.token if isinstance(gap, Target) else gap
        held = self.primary.get(token)
        if held is target:
            return
        if held is not None:
            taken = self.overwrite and token not in self.primary_given
            whose = self._shown(GapReason, "gap", gap)
            changes.append(Change(whose, _("primary reason"), str(held.values["code"]), str(target.values["code"]), taken))
            if not taken:
                return
            self._set(held, "primary", False)
        elif not is_new:
            changes.append(Change(target.label(), _("primary"), _("no"), _("yes"), taken=True))
        self._set(target, "primary", True)
        self.primary_given.add(token)
        self.undo += [
            (self.primary.__setitem__, token, held) if held else (self.primary.pop, token, None),
            (self.primary_given.discard, token),
        ]
        self.primary[token] = target

    def _validate(self, target: Target, called: Any) -> None:
        """Hold a row against the rules of its table; those of sources are held by its fields and keys already."""
        if target.model is Source:
            return
        instance = self.build(target)
        unset = {each.name for each in target.model._meta.fields if getattr(instance, each.attname, None) in EMPTY and not each.is_relation}
        unset |= {each.name for each in target.model._meta.fields if each.is_relation and getattr(instance, each.attname) is None}
        if target.model is GapReason:
            unset -= {"note"}
        at = own = str(target.model._meta.verbose_name)
        try:
            instance.clean()
            for constraint in target.model._meta.constraints:
                if isinstance(constraint, models.CheckConstraint):
                    at = next((called[name] for name in called if name in constraint.condition.referenced_base_fields), own)
                    constraint.validate(target.model, instance, exclude=unset)
        except ValidationError as error:
            name = next(iter(error.message_dict)) if hasattr(error, "error_dict") else ""
            raise Unfit(called.get(name, at), error.messages[0], _("Correct it in the file.")) from error

    def build(self, target: Target) -> Any:
        """The row as Django knows it, with what is planned; not saved."""
        if target.instance is None:
            target.instance = target.model(**({"uid": ""} if target.model is Gap else {}))
            if target.pk is not None:
                target.instance.pk, target.instance._state.adding = target.pk, False  # noqa: SLF001  (as from the database)
        for each in target.model._meta.concrete_fields:
            if each.name not in target.values or each.primary_key:
                continue
            value = target.values[each.name]
            if isinstance(value, Target):
                setattr(target.instance, each.name, self.build(value) if value.instance is None else value.instance)
            elif each.is_relation and not isinstance(value, models.Model):
                setattr(target.instance, each.attname, value)
            else:
                setattr(target.instance, each.name, value)
        return target.instance

    # The status of gaps

    def _status(self, target: Target, wanted: str, changes: list[Change], called: Any, *, is_new: bool) -> None:
        current = Gap.Status.DRAFT.value if is_new else target.values.get("status") or Gap.Status.DRAFT.value
        if not wanted or wanted == current:
            return
        if is_new and wanted not in FOR_A_NEW_GAP:
            problem = _("A new gap cannot come in as %(status)s.") % {"status": Gap.Status(wanted).label.lower()}
            raise Unfit(called.get("status", "status"), problem, _("Write draft or proposed; the rest is decided here, by people."))
        taken = is_new or (self.overwrite and target.pk is not None and not target.move)
        if not is_new:
            changes.append(self._change(target, "status", current, wanted, taken=taken))
        if taken:
            self.undo.append((setattr, target, "move", target.move))
            target.move = wanted
            if target not in self.written:
                self.written[target] = None
                self.undo.append((self.written.pop, target, None))

    def _moves(self, record: Record) -> None:
        """Ask the one table of moves for every gap of a record that is to take another status, as the gap will be then."""
        for row in record.rows:
            target = self.of_row[row]
            if row.model is not Gap or not target.move:
                continue
            gap = self.build(target)
            hanging = {"reasons": GapReason, "passages": Passage}
            cache = {name: [self.build(each) for each in self._hanging(target, model)] for name, model in hanging.items()}
            gap._prefetched_objects_cache = cache  # noqa: SLF001  (what the guards read: the rows as they will be)
            is_new, gap.pk = target.pk is None, target.pk or 0
            gap.uid = gap.uid or target.values["title"]
            try:
                status.check(gap, target.move, self.by)
            except ValidationError as error:
                remedy = _("Give the file what is missing, or leave the status out.")
                raise Unfit(row.called.get("status", "status"), error.messages[0], remedy) from error
            finally:
                del gap._prefetched_objects_cache  # noqa: SLF001
                gap.pk = None if is_new else target.pk
                gap.uid = target.values.get("uid", "")

    def _hanging(self, gap: Target, model: type[models.Model]) -> list[Target]:
        new = [target for target in self.written if target.model is model and target.pk is None and target.values["gap"] is gap]
        if gap.pk is None:
            return new
        return [self.target(model, pk) for pk, row in self.index(model).rows.items() if row["gap"] == gap.pk] + new

    def finish(self) -> list[Target]:
        """What is to be written, in the order of the file; new gaps without an identifier get the next ones."""
        numbers = [int(key[0].rpartition("-")[2]) for name, key in self.indexes[Gap].found if name == "uid"] if Gap in self.indexes else []  # type: ignore[index]
        last = max(numbers, default=0)
        for target in self.written:
            if target.model is Gap and target.pk is None and not target.values.get("uid"):
                last += 1
                target.values["uid"] = f"GAP-{last:04d}"
        for target in self.written:
            self.build(target)
        return list(self.written)


def _same(model: type[models.Model], name: str, old: Any, new: Any) -> bool:
    if isinstance(new, Target):
        return bool(old == new.token or old is new)
    if model is Source and name == "doi":
        return str(old or "").lower() == str(new).lower()
    return bool(old == new)
