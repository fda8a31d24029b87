"""What is shown of a workflow."""
