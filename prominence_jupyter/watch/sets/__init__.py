"""Sets of jobs that are watched together."""
