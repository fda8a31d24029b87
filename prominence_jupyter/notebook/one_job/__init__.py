"""One job on the screen."""
