"""What the items of the standards ask of a protocol, a module for each part of it that they read."""
