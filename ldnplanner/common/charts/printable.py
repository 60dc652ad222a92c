"""A chart that leaves the site: the same drawing with its colours written inside."""

import re
from functools import cache
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "static" / "css"
TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
LIGHT_DARK = re.compile(r"light-dark\(\s*([^,()]+?)\s*,[^()]+\)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def standalone(svg: str) -> str:
    """The same SVG as a file of its own: namespace, size in pixels, and the light colours of the site as literal values."""
    width, height = VIEW_BOX.search(svg).groups()  # type: ignore[union-attr]
    opening, rest = svg.split(">", 1)
    return f'{opening} xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><style>{print_style()}</style>{rest}'


@cache
def print_style() -> str:
    """The rules of charts.css with each variable replaced by its light value of tokens.css."""
    tokens = dict(TOKEN.findall(LIGHT_DARK.sub(r"\1", COMMENT.sub("", (STYLES / "tokens.css").read_text(encoding="utf-8")))))
    rules = COMMENT.sub("", (STYLES / "charts.css").read_text(encoding="utf-8"))
    literal = re.sub(r"var\(--([\w-]+)\)", lambda match: tokens[match[1]].replace('"', "'"), rules)
    return re.sub(r"\s+", " ", literal.replace("svg text", "text")).strip()
