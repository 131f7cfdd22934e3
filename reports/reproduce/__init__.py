"""A cell as a small folder that shows its failure without crossload, and the command for it."""
