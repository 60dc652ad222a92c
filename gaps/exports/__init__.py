"""The register as files for other programs and other people."""
