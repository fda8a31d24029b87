"""What each path of the API answers: a module for each kind of thing that a path is about."""
