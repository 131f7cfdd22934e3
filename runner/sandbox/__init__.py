"""Containment of foreign code: bubblewrap, the filter of system calls, and limits without both.

Owns what a contained process sees and may do, and how well this machine can contain one.
`runner.probing` starts, feeds and ends the workers inside; `runner.inspection` reads files in it.
"""
