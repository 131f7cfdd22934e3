"""Scripted cases: where they are, and what a folder with `case.yaml` and scripts holds.

Owns finding and reading them. The probes run a case, `runner.analysis` judges the result, and
`runner.cases.claims` reads what a case claims.
"""
