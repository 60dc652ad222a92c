"""Distributions and exact tests: numbers in, numbers out. They know no noun of a plan."""
