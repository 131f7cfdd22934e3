"""What the gate of an upgrade found, for people and for machines: terminal, CI and code scanning.

Owns drawing only; `runner.gate` makes the ruling.
"""
