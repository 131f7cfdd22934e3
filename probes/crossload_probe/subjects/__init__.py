"""Jobs for a user's own model: from a file, or built by a script."""
