"""How every record of a file is held against the register: which row it is, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gaps import status
from gaps.exchange.decision import Change, Decision, Verdict
from gaps.exchange.matching import IMMUTABLE, KNOWN_BY, contradict, plain
from gaps.exchange.record import Key, Named, Reading, Record, Row, Unfit
from gaps.exchange.register import Register, Target
from gaps.models import Gap, GapReason, Passage, Source, Study

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EMPTY: tuple[Any, ...] = ("", None, {})
FOR_A_NEW_GAP = (Gap.Status.PROPOSED, Gap.Status.WITHDRAWN)


class Planner(Register):
    """Holds one record after the other against the register; what a refused one has begun is taken back."""

    def __init__(self, by: User, overwrite: bool) -> None:
        super().__init__()
        self.by, self.overwrite = by, overwrite
        self.written: dict[Target, None] = {}
        self.of_row: dict[Row, Target] = {}
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
        if row.model is Gap and is_new:
            wanted = wanted or row.defaults.get("status", "")
        defaults = {name: value for name, value in row.defaults.items() if name != "status"}
        target = target or self._new(row, {**defaults, **values})
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
            found = self.by_key(value)
            if found is None:
                words = {"what": value.model._meta.verbose_name, "key": ", ".join(map(str, value.values))}
                raise Unfit(called, _("There is no %(what)s %(key)s.") % words, _("Take it in first, or correct the name."))
            return found
        if isinstance(value, Named):
            return self.quoted(value.text, called) if row.model is Passage else self.named(value.text, called)
        return value

    # Which row it is

    def _find(self, row: Row, values: dict[str, Any]) -> Target | None:
        index = self.index(row.model)
        known: dict[Target, str] = {}
        for hanging in row.known_by:
            other = self.by_key(hanging)
            if other is not None:
                name = next(each.name for each in hanging.model._meta.fields if each.related_model is row.model)
                held = other.values[name]
                known.setdefault(held if isinstance(held, Target) else self.target(row.model, held), ", ".join(map(str, hanging.values)))
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
        unset = {each.name for each in target.model._meta.fields if each.is_relation and getattr(instance, each.attname) is None}
        if target.model is Gap:  # whose rules are many, and let every field be empty
            unset |= {each.name for each in Gap._meta.fields if getattr(instance, each.attname, None) in EMPTY}
        at = own = str(target.model._meta.verbose_name)
        try:
            instance.clean()
            for constraint in target.model._meta.constraints:
                if isinstance(constraint, models.CheckConstraint):
                    fields = getattr(constraint.condition, "referenced_base_fields", ())
                    at = next((called[name] for name in called if name in fields), own)
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
    if model is Source and name in {"title", "container_title"} and old:  # Arthritis Rheum. or Arthritis rheum, ’ or '
        return old == new or plain(old) == plain(new) != ""
    return bool(old == new)
