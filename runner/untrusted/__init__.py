"""Handling of what foreign code left behind: walk it, read it, remove it, and trust none of it.

Owns caps and cleaning; `runner.artifacts` and `runner.probing` decide what is kept.
"""
