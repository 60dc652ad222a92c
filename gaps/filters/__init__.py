"""Which rows the lists of the register show."""
