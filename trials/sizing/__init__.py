"""The sizing engine: a plan of five nouns and a verb goes in, numbers, warnings and reasons come out. Knows no Django."""
