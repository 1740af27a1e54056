"""Where a notification leads to."""

from flask import current_app

from hub.notifications.models import About

Place = tuple[str, dict[str, int]]
_OF_SUBJECTS: dict[str, tuple[str, str]] = {}


def lead(about: About, endpoint: str, argument: str) -> None:
    """Has notifications about this lead to a page whose ``argument`` is their ``subject_id``: for
    the features that make them, to be called when they register."""
    _OF_SUBJECTS[about] = (endpoint, argument)


def place_of(about: str, post_id: int | None, subject_id: int) -> Place | None:
    """Endpoint and values; None where there is no such page."""
    if about in _OF_SUBJECTS:
        endpoint, argument = _OF_SUBJECTS[about]
        found: Place = (endpoint, {argument: subject_id})
    elif post_id is not None:
        found = ("forum.post", {"post_id": post_id})
    else:
        return None
    return found if found[0] in current_app.view_functions else None
