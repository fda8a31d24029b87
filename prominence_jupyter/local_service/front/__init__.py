"""The process that speaks HTTP: its server, its routes, and what it accepts."""
