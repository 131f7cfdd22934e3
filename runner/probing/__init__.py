"""From pending saves and loads to their outcomes: sandboxed worker processes, one per environment.

Owns starting, feeding, limiting and ending foreign interpreters, and the store of what they save.
Does not decide what belongs to a run (`runner.plan`), keep results (`runner.ledger`) or judge them
(`runner.analysis`).
"""
