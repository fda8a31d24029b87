"""Watching jobs while they run: one poller for all of them, and followers of their output."""
