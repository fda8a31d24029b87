"""Workflows and sweeps, from Python."""
