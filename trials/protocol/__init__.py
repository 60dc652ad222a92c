"""What a protocol says, as plain data, and what it is checked against and turned into; knows neither models nor pages."""
