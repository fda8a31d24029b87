"""What the reports of a job say together: that it has ended, is gone, or runs again."""
