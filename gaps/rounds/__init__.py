"""Priority rounds: how one is opened and closed, what it says, and how its tiers reach the gaps."""
