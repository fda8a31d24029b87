"""Logs that are followed: each byte once, kept in a spool."""
