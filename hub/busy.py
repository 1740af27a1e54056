"""What is not done just now, although nothing is wrong with the request (status 503)."""


class NotNow(Exception):
    """Shown as a page that says so. ``retry_after``: the seconds after which it is worth a try."""

    retry_after = 10
