"""What is done for each verb."""
