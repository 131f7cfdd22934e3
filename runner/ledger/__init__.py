"""The SQLite database of everything measured: what a run knew, and what it need not do again."""
