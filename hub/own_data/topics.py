"""What the hub keeps of a person, why and how long, as their page on it says."""

from flask_babel import lazy_gettext as _

from hub.own_data.traces import Topic

ACCOUNT = Topic(
    _("Your account: name, addresses, language, time zone"),
    _("So that you can sign in, and others can tell who is who"),
    _("Until you erase the account"),
)
SIGN_INS = Topic(
    _("Where you are signed in: browser and times"),
    _("So that you see it and can end it"),
    _("Until you sign out there, at most 30 days"),
)
SECOND_FACTOR = Topic(
    _("Your passkeys and recovery codes"),
    _("So that your password alone is not enough"),
    _("Until you remove them"),
)
ELSEWHERE = Topic(
    _("The account elsewhere with which you sign in: its provider and its number there"),
    _("So that you are recognised when you come from there"),
    _("Until you unlink it"),
)
ROLES = Topic(
    _("Roles that you were given, and those that you gave"),
    _("So that it is known who may do what, and who decided it"),
    _("Until the role is taken away"),
)
MEMBERSHIP = Topic(
    _("Requests for LEA membership: organisation, official address, real name, decision"),
    _("So that an administrator can verify you"),
    _("Until you erase the account"),
)
GROUPS = Topic(
    _("The groups that you are in"),
    _("So that you can read what is meant for them"),
    _("Until you leave the group"),
)
CONVERSATIONS = Topic(
    _("Your questions to the assistant, and its answers"),
    _("So that you can read them again"),
    _("Until you delete the conversation"),
)
MAILS = Topic(
    _("Which mails were sent to you and when, not what they said"),
    _("So that a mail that does not arrive can be found"),
    _("90 days; your address in them 30 days"),
)
LINKS = Topic(
    _("Links that were sent to you"),
    _("So that each works only once, and only for you"),
    _("Until you erase the account"),
)
LOG = Topic(
    _("What you did in a role, and what was decided about you, under your number"),
    _("So that it can be checked who did what"),
    _("As long as the hub exists; without your name once the account is erased"),
)
FORUM = Topic(
    _("What you wrote in the forum, and what it was before you edited it"),
    _("So that others can read it"),
    _("Until you take it back; when you erase the account, you choose what becomes of it"),
)
DRAFTS = Topic(
    _("What you began to write and did not send"),
    _("So that you can go on, on every device"),
    _("Until you send it or throw it away"),
)
REACTIONS = Topic(
    _("With what you reacted to posts"),
    _("So that others see how many did, not who"),
    _("Until you take it back or erase the account"),
)
BOOKMARKS = Topic(
    _("Posts that you keep for later, with your notes"),
    _("So that you find them again"),
    _("Until you remove them"),
)
VOTES = Topic(
    _("What you voted for in polls; nobody else sees it"),
    _("So that everybody votes once, and can change their vote"),
    _("Until you take it back or erase the account; a closed poll keeps its numbers"),
)
UPLOADS = Topic(
    _("Pictures and PDF files that you sent: name, size, time"),
    _("So that your posts can show them"),
    _("A day, or as long as a post shows them and 90 days after"),
)
READING = Topic(
    _("How far you have read in the forum, and what you follow"),
    _("So that you see what is new for you, and are told of it"),
    _("Until you erase the account"),
)
NOTIFICATIONS = Topic(
    _("What you were told of, and how you want to be told"),
    _("So that you find again what is new for you"),
    _("Until you erase the account"),
)
FEEDS = Topic(
    _("Keys of your feeds: their names and when they were used"),
    _("So that a feed reader gets what you may read, and you can end that"),
    _("Until you revoke the key"),
)
REPORTS = Topic(
    _("Posts that you reported, and why"),
    _("So that a moderator can decide, and you learn what was decided"),
    _("A year after the decision; a name and address without an account, seven months"),
)
MODERATION = Topic(
    _("What was decided about what you wrote, on what evidence, and your objections"),
    _("So that you, and whoever answers an objection, can see why"),
    _("The words a year after the last decision, that it was decided as long as the account"),
)
MODERATING = Topic(
    _("What you decided and noted as a moderator, under your number"),
    _("So that it can be checked who decided"),
    _("Notes a year after the decision, the rest as long as the hub exists"),
)
TOPICS = (
    *(ACCOUNT, SIGN_INS, SECOND_FACTOR, ELSEWHERE, ROLES, MEMBERSHIP),
    *(GROUPS, CONVERSATIONS, MAILS, LINKS, LOG),
    *(FORUM, DRAFTS, REACTIONS, BOOKMARKS, VOTES, UPLOADS),
    *(READING, NOTIFICATIONS, FEEDS),
    *(REPORTS, MODERATION, MODERATING),
)
