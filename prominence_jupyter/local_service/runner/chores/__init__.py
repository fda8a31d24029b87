"""What may take long and is done by a process of its own: fetching images, staging files in and out."""
