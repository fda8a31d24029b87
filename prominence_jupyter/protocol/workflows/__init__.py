"""Workflows: what their factories make, how they are asked for and reported."""
