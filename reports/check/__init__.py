"""`crossload check`: what was measured of a user's models, told in a terminal or as JSON."""
