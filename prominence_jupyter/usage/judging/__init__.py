"""What jobs had and used, in numbers and words: what `usage.efficiency` and `usage.advice` are made of."""
