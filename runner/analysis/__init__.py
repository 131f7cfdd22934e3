"""Verdicts from measurements: pure functions over a snapshot of the ledger, no input or output."""
