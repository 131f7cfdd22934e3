"""A run on many machines at once: a Dask cluster that works, a store that artifacts go through.

Owns what travels between the machine that runs the plan and those that measure. What comes next is
decided by the same schedule as for a run on one machine, `runner.probing`.
"""
