"""Many jobs on the screen, as a table."""
