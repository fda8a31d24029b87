"""What is shown of a job, as plain text and numbers: a record in, plain data out."""
