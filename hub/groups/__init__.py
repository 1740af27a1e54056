"""Groups of people, each with its keepers."""
