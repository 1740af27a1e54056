"""Question sets and search sets turned into figures."""
