"""Workflows on the screen."""
