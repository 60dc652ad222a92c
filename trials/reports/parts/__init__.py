"""The numbered parts of a report, each a function from the stored sizing to one section."""
