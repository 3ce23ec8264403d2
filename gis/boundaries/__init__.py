"""What a boundary file holds -> a checked frame, and everything that is wrong with it."""
