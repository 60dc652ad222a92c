"""Pages of the protocols and of their sizings; all need a sign-in."""
