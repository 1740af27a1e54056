"""From a file to searchable passages: parse, split, embed, index."""
