"""From answers to priorities: scores, ranks, rank intervals and tiers, without Django and without a database."""
