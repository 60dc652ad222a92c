"""LDN Planner: from an open question to a crossover trial that can answer it."""

__version__ = "0.1.0"
