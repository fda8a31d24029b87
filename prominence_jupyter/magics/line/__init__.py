"""What is typed after a magic."""
