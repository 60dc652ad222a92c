"""How fast the list of gaps opens when the register is large: 100,000 gaps against 100, in queries and in time.

    .venv/bin/python tests/benchmarks/register.py

Both registers are made on disk in a scratch folder, filled in bulk, and read through the real view, rendering included; the two are read
in turn, and the best of fifteen runs counts. It is no part of the tests: what it measures is the machine, too. The bar: as many queries, and
less than five times as long.
"""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = tempfile.TemporaryDirectory(prefix="register-", ignore_cleanup_errors=True)
sys.path.insert(0, str(ROOT))
os.environ["LDN_DATA"] = SCRATCH.name
os.environ["DATABASE_URL"] = ""
os.environ["DJANGO_SETTINGS_MODULE"] = "ldnplanner.settings"

import django  # noqa: E402  after the settings are named

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from gaps.models import (  # noqa: E402
    CertaintyAssessment,
    Comment,
    Evidence,
    Gap,
    GapReason,
    GapSource,
    Passage,
    ReasonCode,
    Registration,
    Source,
    Study,
    Term,
    Verification,
)

SMALL, LARGE = 100, 100_000
RUNS = 15
BAR = 5.0
RARE, COMMON = "zebrafish", "pain"
CASES = {
    "plain": "",
    "a rare word": f"q={RARE}",
    "a common word": f"q={COMMON}",
    "one facet": "kind=efficacy",
    "a rare word and a facet": f"q={RARE}&kind=efficacy",
    "a common word and a facet": f"q={COMMON}&kind=efficacy",
    "the last page": "page=999999",
    "the last page of a common word and a facet": f"q={COMMON}&kind=efficacy&page=999999",
}
WORDS = [
    "dose",
    "sleep",
    "fatigue",
    "mood",
    "memory",
    "weight",
    "enzyme",
    "receptor",
    "glia",
    "spine",
    "nerve",
    "joint",
    "gut",
    "skin",
    "women",
    "men",
    "adults",
    "older",
    "daily",
    "evening",
]


def fill(count: int) -> None:
    """A register of so many gaps, each with reasons, a passage and a source, and some with what is known and decided about them."""
    dice = random.Random(5)  # noqa: S311  the same register every time
    today = date.today()  # noqa: DTZ011
    call_command("loaddata", "roles", verbosity=0)
    author, other = User.objects.create_user("author"), User.objects.create_user("other")
    for user, group in ((author, "Researchers"), (User.objects.create_user("curator"), "Curators")):
        user.groups.add(Group.objects.get(name=group))
    outcome = Term.objects.create(scheme=Term.Scheme.OUTCOME, slug="pain-of-the-benchmark", label="Pain")
    sources = Source.objects.bulk_create(Source(slug=f"source-{n}", title=f"Report {n}", doi=f"10.1000/bench.{n}") for n in range(50))
    studies = Study.objects.bulk_create(Study(slug=f"study-{n}", label=f"Study {n}", design="crossover") for n in range(50))
    Registration.objects.bulk_create(Registration(study=study, identifier=f"NCT{10_000_000 + n}") for n, study in enumerate(studies))

    def phrase(length: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(length))

    kinds = [*(["efficacy"] * 4), "safety", "subgroup", "mechanism", "durability", "methods", "dose_response"]
    statuses = [*(["proposed"] * 50), *(["verified"] * 30), *(["prioritised"] * 12), *(["draft"] * 4), *(["withdrawn"] * 4)]
    gaps = Gap.objects.bulk_create(
        (
            Gap(
                uid=f"GAP-{n:04d}",
                title=f"Gap {n} of {phrase(3)}",
                question=f"What of {phrase(8)}{f' in {RARE}' if n <= 60 else ''}?",
                kind=dice.choice(kinds),
                population=f"Adults with {COMMON} and {phrase(4)}",
                intervention=f"Naltrexone {phrase(3)}",
                comparator="Placebo",
                outcome=f"Mean diary {COMMON} {phrase(3)}",
                time_frame="At least 4 weeks",
                time_frame_days=28,
                effect_modifier=dice.choice(["", "", "", *Gap.EffectModifier.values]),
                dose_low_mg=dice.choice([None, 0.5, 1.5, 4.5]),
                tier=dice.choice(["", "", "A", "B", "C"]),
                origin=dice.choice(["article", "team"]),
                evidence_summary=phrase(60),
                status=statuses[n % 100],
                withdrawn_reason="Out of scope.",
                created_by=author,
                owner=author,
            )
            for n in range(1, count + 1)
        ),
        batch_size=2_000,
    )
    primary = [GapReason(gap=gap, code=dice.choice(ReasonCode.values), primary=True, note="Small samples.") for gap in gaps]
    further = [GapReason(gap=row.gap, code="A3" if row.code != "A3" else "D4") for row in primary if dice.random() < 0.5]
    GapReason.objects.bulk_create([*primary, *further], batch_size=5_000)
    Passage.objects.bulk_create(
        (Passage(gap=gap, source=sources[0], quote=f"more about {phrase(12)}", locator="paragraph 1") for gap in gaps), batch_size=5_000
    )
    GapSource.objects.bulk_create((GapSource(gap=gap, source=dice.choice(sources)) for gap in gaps), batch_size=5_000)
    Evidence.objects.bulk_create(
        (Evidence(gap=gap, study=dice.choice(studies), role="supports") for gap in gaps if dice.random() < 0.5), batch_size=5_000
    )
    verified = [gap for gap in gaps if gap.status in {"verified", "prioritised"}]
    Verification.objects.bulk_create(
        (
            Verification(
                gap=gap,
                searched_date=today - timedelta(days=dice.randrange(500)),
                databases="PubMed",
                strategy=COMMON,
                n_found=9,
                verdict="true_gap",
                rationale="No trial.",
                verifier=other,
            )
            for gap in verified
        ),
        batch_size=5_000,
    )
    CertaintyAssessment.objects.bulk_create(
        (
            CertaintyAssessment(
                gap=gap,
                outcome_domain=outcome,
                start=4,
                imprecision=dice.choice([0, -1, -2]),
                imprecision_note="Wide.",
                assessor=other,
                assessed_date=today,
            )
            for gap in verified
        ),
        batch_size=5_000,
    )
    Comment.objects.bulk_create((Comment(gap=gap, body=phrase(9), author=other) for gap in gaps if dice.random() < 0.2), batch_size=5_000)


def make(name: str, count: int) -> str:
    """The path of a new register of so many gaps; its index of words is written once, at the end, and read as in use."""
    path = str(Path(SCRATCH.name) / f"{name}.sqlite3")
    use(path)
    call_command("migrate", verbosity=0)
    search: Any = import_module("gaps.migrations.0004_search")
    with connection.schema_editor() as editor:
        search.drop(None, editor)
    with transaction.atomic():
        fill(count)
    with connection.schema_editor() as editor:
        search.make(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize")
    return path


def use(path: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = path


def client_of(username: str | None) -> Client:
    client = Client(SERVER_NAME="localhost")
    if username:
        client.force_login(User.objects.get(username=username))
    return client


def opened(client: Client, query: str) -> tuple[float, int, int]:
    """Seconds, queries and rows of one opening."""
    begun = time.perf_counter()
    response: Any = client.get(f"/gaps/?{query}")
    seconds = time.perf_counter() - begun
    if response.status_code != 200:
        raise SystemExit(f"/gaps/?{query} answers {response.status_code}")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/gaps/?{query}")
    return seconds, len(asked), response.content.count(b'class="rowlink"')


def compare(paths: dict[str, str], username: str | None) -> list[bool]:
    clients: dict[str, Client] = {}
    for name, path in paths.items():
        use(path)
        clients[name] = client_of(username)
        opened(clients[name], "")
    met = []
    for case, query in CASES.items():
        seconds: dict[str, float] = {}
        queries: dict[str, int] = {}
        rows: dict[str, int] = {}
        for _ in range(RUNS):
            for name, path in paths.items():
                use(path)
                connection.ensure_connection()
                spent, queries[name], rows[name] = opened(clients[name], query)
                seconds[name] = min(spent, seconds.get(name, spent))
        ratio = seconds["large"] / seconds["small"]
        met.append(ratio < BAR and queries["large"] == queries["small"])
        print(
            f"{username or 'a stranger':<10} {case:<43} {seconds['small'] * 1000:7.1f} ms {rows['small']:3} rows {queries['small']:3} queries   "
            f"{seconds['large'] * 1000:7.1f} ms {rows['large']:3} rows {queries['large']:3} queries   {ratio:5.2f} ×  {'pass' if met[-1] else 'FAIL'}"
        )
    return met


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8") if isinstance(sys.stdout, io.TextIOWrapper) else None
    begun = time.perf_counter()
    paths = {name: make(name, count) for name, count in (("small", SMALL), ("large", LARGE))}
    size = Path(paths["large"]).stat().st_size / 1e6
    print(f"Registers of {SMALL} and {LARGE:,} gaps ({size:.0f} MB) made in {time.perf_counter() - begun:.0f} s.")
    met = [*compare(paths, None), *compare(paths, "author"), *compare(paths, "curator")]
    print(f"{sum(met)} of {len(met)} bars are met: as many queries, and less than {BAR:g} × as long.")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
