"""Moderation in words: grounds, actions, states, and why something is not done."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from hub.moderation.models import Action, Ground, Offence, SanctionKind
from hub.moderation.rules import LEAST_FACTS, LONGEST_SANCTION, Problem
from hub.moderation.signs import Sign

GROUNDS: Mapping[str, Any] = {
    Ground.SPAM: _("Spam or advertising"),
    Ground.ABUSE: _("Insult, harassment or hatred"),
    Ground.THREAT: _("A threat, or somebody is in danger"),
    Ground.PERSONAL_DATA: _("Personal data that should not be here"),
    Ground.OPERATIONAL: _("Operational or secret information"),
    Ground.OFF_TOPIC: _("It does not belong here"),
    Ground.OTHER: _("Another rule of the hub"),
    Ground.ILLEGAL: _("Illegal content"),
    Ground.FIRST: _("First post of a new member"),
    Ground.AUTOMATIC: _("Held back by the hub"),
}
OFFENCES: Mapping[str, Any] = {
    Offence.CHILD_ABUSE: _("Sexual abuse of children"),
    Offence.TERRORISM: _("Terrorism"),
    Offence.DANGER: _("A danger to somebody’s life or safety"),
    Offence.HATE: _("Incitement to hatred or violence"),
    Offence.FRAUD: _("Fraud"),
    Offence.OTHER: _("Another law"),
}
ACTIONS: Mapping[str, Any] = {
    Action.NOTHING: _("Leave it as it is"),
    Action.APPROVE: _("Publish it"),
    Action.HIDE: _("Take the post from view"),
    Action.EDIT: _("Edit the post"),
    Action.WARN: _("Warn the author"),
    Action.SILENCE: _("Silence the author for a time: they read, and do not write"),
    Action.SUSPEND: _("Suspend the author for a time: they see only what is public"),
}
DONE: Mapping[str, Any] = {
    Action.NOTHING: _("The post was left as it is."),
    Action.APPROVE: _("The post was published."),
    Action.HIDE: _("The post was taken from view."),
    Action.EDIT: _("The post was edited by a moderator."),
    Action.WARN: _("The author was warned."),
    Action.SILENCE: _("The author was silenced for a time: they can read, and not write."),
    Action.SUSPEND: _("The author was suspended for a time: they see only what is public."),
}
SANCTIONS: Mapping[str, Any] = {
    SanctionKind.WARNING: _("warning"),
    SanctionKind.SILENCE: _("silence"),
    SanctionKind.SUSPENSION: _("suspension"),
}
SIGNS: Mapping[str, Any] = {
    Sign.FIRST: _("It is a first post of a new member."),
    Sign.LINKS: _("It holds more links than a new member may use."),
    Sign.MENTIONS: _("It names more people than a new member may."),
    Sign.ONE_HOST: _("Many links lead to one place."),
    Sign.REPEATED: _("Nearly the same text was posted before."),
    Sign.SHAPE: _("It looks like advertising."),
    Sign.WORDS: _("It holds words of insult, hatred or threat."),
}
PROBLEMS: Mapping[str, Any] = {
    Problem.GONE: _("There is nothing to decide any more."),
    Problem.DECIDED: _("Somebody else has decided this already. Nothing was changed."),
    Problem.CLAIMED: _("Another moderator has this case. Take it over first, with a note."),
    Problem.OWN_POST: _("This is about your own post. Another moderator decides."),
    Problem.OWN_REPORT: _("You reported this yourself. Another moderator decides."),
    Problem.SAME_PERSON: _("You decided this. Another moderator answers the objection."),
    Problem.NOT_POSSIBLE: _("This cannot be decided here. The post may have changed meanwhile."),
    Problem.NO_REASONS: _("Say on what facts and on what ground: the author is told so."),
    Problem.NO_END: _("Say for how long."),
    Problem.NEEDS_MODERATOR: _("Only those who moderate the whole hub decide this."),
    Problem.NEEDS_ADMINISTRATOR: _("Only administrators decide about people with a role."),
    Problem.CHANGED: _("The post was edited meanwhile. Read it as it is now, and decide again."),
    Problem.TOO_LATE: _("The time to object is over."),
    Problem.ANSWERED: _("This objection is answered already. Nothing was changed."),
}


def ground_name(ground: str) -> str:
    return str(GROUNDS.get(ground, ground))


def offence_name(offence: str) -> str:
    return str(OFFENCES.get(offence, offence))


def action_name(action: str) -> str:
    """What a decision would do, as a choice."""
    return str(ACTIONS.get(action, action))


def action_done(action: str) -> str:
    """What a decision did, in a sentence."""
    return str(DONE.get(action, action))


def done_by(action: str, takes_away: bool = False) -> str:
    """What a decision did: a sanction may come with taking the post from view."""
    if takes_away and action != Action.HIDE:
        return f"{DONE[Action.HIDE]} {action_done(action)}"
    return action_done(action)


def sign_name(sign: str) -> str:
    return str(SIGNS.get(sign, sign))


def why_not(problem: Problem | None) -> str:
    return str(PROBLEMS[problem]) if problem is not None else ""


def waits() -> str:
    return gettext("It waits for a moderator. Until then only you and the moderators see it.")


def try_later(seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    return ngettext(
        "You have written much in a short time. Try again in %(num)s minute.",
        "You have written much in a short time. Try again in %(num)s minutes.",
        minutes,
    )


def too_short() -> str:
    return gettext("Use at least %(count)s characters.", count=LEAST_FACTS)


def end_missing() -> str:
    return gettext("Choose for how long, at most %(count)s days.", count=LONGEST_SANCTION)
