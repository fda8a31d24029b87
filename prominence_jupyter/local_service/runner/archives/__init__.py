"""Files from elsewhere: downloads, archives, and the root file systems of images."""
