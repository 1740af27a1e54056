"""A forum to look at and to measure: people, boards and conversations that nobody had.

``flask demo seed`` makes it; nothing of it is imported by the pages. Every sentence was written for
it (``phrases``). The same seed gives the same forum.
"""
