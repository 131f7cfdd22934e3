"""`crossload check`: what was measured of a user's models, in the terminal or as JSON."""
