"""What the service must remember, in SQLite. The front and the runner each open it for themselves."""
