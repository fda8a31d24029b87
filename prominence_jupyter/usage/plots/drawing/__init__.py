"""What the plots are drawn with."""
