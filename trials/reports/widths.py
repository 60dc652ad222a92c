"""How the width of a table is shared out among its columns."""

from trials.reports.document import Cell, Table

SHORT_TABLE = 60
NARROWEST, WIDEST = 6, 48


def is_short(table: Table) -> bool:
    """Whether the table needs no more than half a page's width, so that it is not stretched over the whole."""
    return sum(_longest(table, at) for at in range(len(table.columns))) <= SHORT_TABLE


def widths(table: Table) -> list[int]:
    """The share of each column, by its longest cell; 0 for columns that take what they need: numbers, and all of a short table."""
    if is_short(table):
        return [0] * len(table.columns)
    return [0 if column.numeric else min(max(_longest(table, at), NARROWEST), WIDEST) for at, column in enumerate(table.columns)]


def _longest(table: Table, at: int) -> int:
    return max([len(table.columns[at].heading), *(_length(row[at]) for row in table.rows)])


def _length(cell: Cell) -> int:
    link = len(cell.link.text) if cell.link else 0
    return max(len(cell.value.text) + len(cell.subscript), link, len(cell.note), 10 if cell.mark else 0)
