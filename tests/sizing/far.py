"""How many random plans the long runs look at: 10,000, or fewer where each case is a whole search."""

from hypothesis import settings


def at_most(cases: int) -> settings:
    """The settings of this run with no more cases than these; the short runs look at fewer anyway."""
    return settings(max_examples=min(settings().max_examples, cases))
