"""What the worker does for a job: save or load a reference model, run the script of a case."""
