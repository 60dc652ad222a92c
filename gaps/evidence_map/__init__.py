"""The register laid out as a map: how much of each question is answered."""
