"""What commands print to: the console, and the progress of a run."""
