"""What several commands share: the project, its session, environments, models and runs."""
