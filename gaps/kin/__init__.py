"""Gaps and their kin: a gap split by dose, duplicates merged into one, and gaps that ask nearly the same."""
