"""HTTP with one service: requests, their answers, and what may go wrong on the way."""
