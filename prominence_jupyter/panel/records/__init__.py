"""The static account of jobs that stays in a saved notebook, as HTML and as text."""
