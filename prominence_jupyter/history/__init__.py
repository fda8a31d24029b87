"""Ended jobs from a service and from a cache on disk: what a user analyses, asked for once."""
