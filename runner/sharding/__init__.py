"""A run in parts, one for each machine: how long its work takes, and which shard does what.

Owns the estimate and the split. Merging what the shards measured is `runner.merging`.
"""
