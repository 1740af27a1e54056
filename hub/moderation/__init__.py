"""Reports, cases, decisions, sanctions and objections; and what is held back."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.forum import happenings
    from hub.mail import worker
    from hub.moderation import (  # noqa: F401 - routes
        case_views,
        decision_views,
        keeping,
        wording,
        written,
    )
    from hub.moderation.hearing import hear
    from hub.moderation.views import moderation
    from hub.notifications import places
    from hub.notifications.models import About

    app.register_blueprint(moderation)
    happenings.listen("moderation", hear)
    for about in (About.DECISION, About.OUTCOME, About.ANSWER):
        places.lead(about, "moderation.decision", "decision_id")
    if keeping.chore not in worker.HOURLY:
        worker.HOURLY.append(keeping.chore)
    written.register()
    for name in ("ground_name", "offence_name", "sign_name", "action_name", "done_by"):
        app.add_template_filter(getattr(wording, name))
