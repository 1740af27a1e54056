"""The one table of who gets what from every route of the hub. The leak walk compares it.

A row names the guard that the view must carry, what stands in its address, and what somebody
gets who passes the guard. What a page is about decides the rest: ``about`` names something of the
world (tests/hub/world.py) that some may know of and others may not, for whom it must look as if it
did not exist.
"""

from dataclasses import dataclass, field

PUBLIC, SIGNED_IN, FRESH = "public", "signed in", "freshly confirmed"
CURATORS = "curator or administrator"
FRESH_CURATORS = "curator or administrator, freshly confirmed"
STAFF = "curator or moderator or administrator"
ADMINISTRATORS = "administrator"
FRESH_ADMINISTRATORS = "administrator, freshly confirmed"

# Answers to whoever may: a page, another place, a form that lacks something, a link that is over.
PAGE, ELSEWHERE, REFUSED, OVER, GONE = 200, 303, 422, 410, 404
UNREADABLE, NOBODY, CONFLICT, UNREACHABLE = 400, 401, 409, 503


@dataclass(frozen=True)
class Row:
    """``answers`` are the statuses that are right for whoever may; a POST is sent without fields
    unless ``form`` has some. ``about``: "" for what is nobody's secret. ``values`` go into the
    address; "$thing" is what the row is about, "$insider" and the like are numbers of the world.
    ``forbidden``: who may see that it exists and may not do this, and gets 403."""

    guard: str
    answers: tuple[int, ...]
    about: str = ""
    values: dict[str, str] = field(default_factory=dict)
    query: str = ""
    form: dict[str, str] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()


def row(
    guard: str,
    *answers: int,
    about: str = "",
    query: str = "",
    forbidden: tuple[str, ...] = (),
    **values: str,
) -> Row:
    return Row(guard, answers, about, values, query, forbidden=forbidden)


def document(*answers: int, query: str = "", guard: str = PUBLIC, **values: str) -> Row:
    """A page about a document: of each audience, and withdrawn."""
    return Row(guard, answers, "document", {"document_id": "$thing", **values}, query)


def group(*answers: int, keepers_only: bool = False, **values: str) -> Row:
    """A page about a group, which only its members know of."""
    forbidden = ("insider",) if keepers_only else ()
    numbers = {"group_id": "$thing", **values}
    return Row(SIGNED_IN, answers, "group", numbers, forbidden=forbidden)


def passkey(*answers: int) -> Row:
    return Row(FRESH, answers, "passkey", {"passkey_id": "$thing"})


def topic_to_arrange(*answers: int) -> Row:
    """Those who may read the topic and do not moderate its board get 403."""
    return Row(SIGNED_IN, (*answers, 403), "topic", {"topic_id": "$thing"})


def on_desk(*answers: int, fresh: bool = False, **values: str) -> Row:
    """A page for administrators: what they administer is no secret from them."""
    return Row(FRESH_ADMINISTRATORS if fresh else ADMINISTRATORS, answers, "", values)


MODERATING = ("moderator", "stale", "administrator")


def own_post(*answers: int, also: tuple[str, ...] = (), **values: str) -> Row:
    """What the author of a post does with it, and ``also`` those, of all who read it."""
    others = ("weak", "member", "lea", "insider", "keeper", "curator", *MODERATING)
    forbidden = tuple(role for role in others if role not in also)
    return Row(SIGNED_IN, answers, "post", {"post_id": "$thing", **values}, forbidden=forbidden)


POLICY: dict[tuple[str, str], Row] = {
    ("home.index", "GET"): row(PUBLIC, PAGE),
    ("preferences.language", "GET"): row(PUBLIC, ELSEWHERE, code="de"),
    ("style.index", "GET"): row(PUBLIC, PAGE),
    # the assistant
    ("assistant.index", "GET"): row(PUBLIC, PAGE),
    ("assistant.ask", "POST"): row(PUBLIC, REFUSED),
    ("assistant.asked", "GET"): row(PUBLIC, ELSEWHERE),
    ("assistant.conversation", "GET"): row(PUBLIC, PAGE, about="conversation", token="$thing"),
    ("assistant.ask_again", "POST"): row(
        PUBLIC, ELSEWHERE, about="conversation", token="$thing", ordinal="1"
    ),
    ("assistant.stop", "POST"): row(
        PUBLIC, ELSEWHERE, about="conversation", token="$thing", ordinal="1"
    ),
    ("assistant.delete", "POST"): row(PUBLIC, ELSEWHERE, about="conversation", token="$thing"),
    ("assistant.answer_as_text", "GET"): row(
        PUBLIC, PAGE, about="conversation", token="$thing", ordinal="1"
    ),
    # the library
    ("library.index", "GET"): row(PUBLIC, PAGE),
    ("library.document", "GET"): document(PAGE),
    ("library.page", "GET"): document(PAGE, number="1"),
    ("library.text", "GET"): document(302),
    ("library_files.picture", "GET"): document(PAGE, number="1", query="width=900"),
    ("library_files.original", "GET"): document(PAGE),
    ("library_audience.edit", "GET"): document(PAGE, guard=CURATORS),
    ("library_audience.save", "POST"): document(REFUSED, guard=FRESH_CURATORS),
    # accounts
    ("accounts.sign_in", "GET"): row(PUBLIC, PAGE, ELSEWHERE),
    ("accounts.check_sign_in", "POST"): row(PUBLIC, REFUSED),
    ("accounts.sign_out", "POST"): row(PUBLIC, ELSEWHERE),
    ("accounts.sign_up", "GET"): row(PUBLIC, PAGE, ELSEWHERE),
    ("accounts.send_sign_up", "POST"): row(PUBLIC, REFUSED),
    ("accounts.sent", "GET"): row(PUBLIC, PAGE),
    ("accounts.complete", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.create", "POST"): row(PUBLIC, OVER, token="x"),
    ("accounts.reset", "GET"): row(PUBLIC, PAGE),
    ("accounts.send_reset", "POST"): row(PUBLIC, REFUSED),
    ("accounts.choose_password", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.set_password", "POST"): row(PUBLIC, OVER, token="x"),
    ("accounts.confirm_address", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.set_address", "POST"): row(PUBLIC, OVER, token="x"),
    ("account.index", "GET"): row(SIGNED_IN, PAGE),
    ("account.sign_ins", "GET"): row(SIGNED_IN, PAGE),
    ("account.end_sign_in", "POST"): row(
        SIGNED_IN, ELSEWHERE, about="sign-in", sign_in_id="$thing"
    ),
    ("account.end_others", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("account.password", "GET"): row(FRESH, PAGE),
    ("account.set_password", "POST"): row(FRESH, REFUSED),
    ("account.address", "GET"): row(FRESH, PAGE),
    ("account.send_address", "POST"): row(FRESH, REFUSED),
    # the second factor
    ("second_factor.ask", "GET"): row(PUBLIC, ELSEWHERE),
    ("second_factor.check", "POST"): row(PUBLIC, ELSEWHERE),
    ("second_factor.confirm", "GET"): row(SIGNED_IN, PAGE),
    ("second_factor.check_again", "POST"): row(SIGNED_IN, REFUSED),
    ("second_factor.index", "GET"): row(SIGNED_IN, PAGE),
    ("second_factor.app", "GET"): row(FRESH, PAGE),
    ("second_factor.set_up_app", "POST"): row(FRESH, ELSEWHERE),
    ("second_factor.remove_app", "POST"): row(FRESH, ELSEWHERE),
    ("second_factor.codes", "GET"): row(FRESH, PAGE),
    ("second_factor.codes_as_text", "GET"): row(FRESH, GONE),
    ("second_factor.codes_kept", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("second_factor.renew_codes", "POST"): row(FRESH, ELSEWHERE),
    ("second_factor.new_passkey", "GET"): row(FRESH, PAGE),
    ("second_factor.question_for_new_passkey", "POST"): row(FRESH, PAGE),
    ("second_factor.add_passkey", "POST"): row(FRESH, REFUSED),
    ("second_factor.passkey", "GET"): passkey(PAGE),
    ("second_factor.rename_passkey", "POST"): passkey(REFUSED),
    ("second_factor.remove_passkey", "POST"): passkey(ELSEWHERE),
    ("second_factor.question", "POST"): row(PUBLIC, NOBODY, PAGE, CONFLICT),
    ("second_factor.answer", "POST"): row(PUBLIC, NOBODY, CONFLICT, REFUSED),
    # signing in elsewhere
    ("provider.begin", "POST"): row(PUBLIC, UNREACHABLE),
    ("provider.back", "GET"): row(PUBLIC, UNREADABLE),
    ("provider.finish", "GET"): row(PUBLIC, UNREADABLE),
    ("provider.create", "POST"): row(PUBLIC, UNREADABLE),
    ("provider.index", "GET"): row(SIGNED_IN, PAGE),
    ("provider.link", "POST"): row(FRESH, UNREACHABLE),
    ("provider.unlink", "POST"): row(FRESH, ELSEWHERE, about="identity", identity_id="$thing"),
    # the profile, and one's own data
    ("profile.edit", "GET"): row(SIGNED_IN, PAGE),
    ("profile.save", "POST"): row(SIGNED_IN, REFUSED),
    ("profile.notifications", "GET"): row(FRESH, PAGE),
    ("profile.send_notifications", "POST"): row(FRESH, REFUSED),
    ("profile.remove_notifications", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("profile.confirm_notifications", "GET"): row(PUBLIC, OVER, token="x"),
    ("profile.set_notifications", "POST"): row(PUBLIC, OVER, token="x"),
    ("own_data.index", "GET"): row(SIGNED_IN, PAGE),
    ("own_data.download", "POST"): row(FRESH, PAGE),
    ("own_data.erase", "GET"): row(FRESH, PAGE),
    ("own_data.erase_now", "POST"): row(FRESH, REFUSED),
    ("own_data.erased", "GET"): row(PUBLIC, PAGE),
    ("people.person", "GET"): row(SIGNED_IN, PAGE, pseudonym="Olga"),
    # groups
    ("groups.index", "GET"): row(SIGNED_IN, PAGE),
    ("groups.group", "GET"): group(PAGE),
    ("groups.leave", "POST"): group(ELSEWHERE),
    ("groups.step_down", "POST"): group(ELSEWHERE, keepers_only=True),
    ("groups.add_member", "POST"): group(REFUSED, keepers_only=True),
    ("groups.make_keeper", "POST"): group(ELSEWHERE, keepers_only=True, person_id="$insider"),
    ("groups.remove_member", "POST"): group(ELSEWHERE, keepers_only=True, person_id="$insider"),
    # becoming an LEA member
    ("membership.index", "GET"): row(SIGNED_IN, PAGE),
    ("membership.ask", "GET"): row(SIGNED_IN, PAGE, ELSEWHERE),
    ("membership.send_request", "POST"): row(SIGNED_IN, REFUSED, ELSEWHERE),
    ("membership.send_link_again", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("membership.withdraw", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("membership.confirm_official_address", "GET"): row(PUBLIC, OVER, token="x"),
    ("membership.set_official_address", "POST"): row(PUBLIC, OVER, token="x"),
    ("membership.accept_invitation", "GET"): row(PUBLIC, OVER, token="x"),
    ("membership.become_member", "POST"): row(SIGNED_IN, OVER, token="x"),
    # the desk
    ("desk.index", "GET"): row(STAFF, PAGE),
    ("desk.people", "GET"): on_desk(PAGE),
    ("desk.person", "GET"): on_desk(PAGE, person_id="$owner"),
    ("desk.act", "POST"): on_desk(REFUSED, fresh=True, person_id="$owner"),
    ("membership.queue", "GET"): on_desk(PAGE),
    ("membership.request", "GET"): on_desk(PAGE, membership_id="$membership"),
    ("membership.decide", "POST"): on_desk(REFUSED, fresh=True, membership_id="$membership"),
    ("membership.end", "POST"): on_desk(REFUSED, fresh=True, membership_id="$membership"),
    ("membership.show_name", "POST"): on_desk(REFUSED, fresh=True, membership_id="$membership"),
    ("membership.invite", "GET"): on_desk(PAGE),
    ("membership.send_invitation", "POST"): on_desk(REFUSED, fresh=True),
    ("membership.withdraw_invitation", "POST"): on_desk(GONE, fresh=True, link_id="4711"),
    ("groups.desk", "GET"): on_desk(PAGE),
    ("groups.new", "GET"): on_desk(PAGE),
    ("groups.create", "POST"): on_desk(REFUSED, fresh=True),
    ("groups.manage", "GET"): on_desk(PAGE, group_id="$group"),
    ("groups.change", "POST"): on_desk(REFUSED, fresh=True, group_id="$group"),
    ("groups.name_keeper", "POST"): on_desk(REFUSED, fresh=True, group_id="$group"),
    ("groups.close", "POST"): on_desk(REFUSED, ELSEWHERE, fresh=True, group_id="$other_group"),
    ("mail.index", "GET"): on_desk(PAGE),
    ("mail.retry", "POST"): on_desk(ELSEWHERE, fresh=True, mail_id="$mail"),
    ("audit.index", "GET"): on_desk(PAGE),
    ("audit.verify", "POST"): on_desk(ELSEWHERE),
    ("audit.export", "POST"): on_desk(REFUSED, fresh=True),
    # the forum: reading (hub/forum)
    ("forum.index", "GET"): row(PUBLIC, PAGE),
    ("forum.boards", "GET"): row(PUBLIC, PAGE),
    ("forum.board", "GET"): row(PUBLIC, PAGE, about="board", board_id="$thing"),
    ("forum.latest", "GET"): row(PUBLIC, PAGE),
    ("forum.tag", "GET"): row(PUBLIC, PAGE, tag="tools"),
    ("forum.topic", "GET"): row(PUBLIC, PAGE, about="topic", topic_id="$thing"),
    ("forum.post", "GET"): row(PUBLIC, ELSEWHERE, about="post", post_id="$thing"),
    # the forum: boards on the desk (hub/forum)
    ("forum_desk.index", "GET"): on_desk(PAGE),
    ("forum_desk.new", "GET"): on_desk(PAGE),
    ("forum_desk.create", "POST"): on_desk(REFUSED, fresh=True),
    ("forum_desk.manage", "GET"): on_desk(PAGE, board_id="$open_board"),
    ("forum_desk.change", "POST"): on_desk(REFUSED, fresh=True, board_id="$open_board"),
    ("forum_desk.archive", "POST"): on_desk(GONE, fresh=True, board_id="4711"),
    ("forum_desk.reopen", "POST"): on_desk(ELSEWHERE, fresh=True, board_id="$open_board"),
    ("forum_desk.move", "POST"): on_desk(ELSEWHERE, fresh=True, board_id="$open_board"),
    ("forum_desk.name_moderator", "POST"): on_desk(REFUSED, fresh=True, board_id="$open_board"),
    ("forum_desk.remove_moderator", "POST"): on_desk(
        GONE, fresh=True, board_id="$open_board", person_id="4711"
    ),
    ("forum_desk.create_category", "POST"): on_desk(REFUSED, fresh=True),
    ("forum_desk.category", "GET"): on_desk(GONE, category_id="4711"),
    ("forum_desk.rename_category", "POST"): on_desk(GONE, fresh=True, category_id="4711"),
    ("forum_desk.move_category", "POST"): on_desk(GONE, fresh=True, category_id="4711"),
    ("forum_desk.archive_category", "POST"): on_desk(GONE, fresh=True, category_id="4711"),
    ("forum_desk.remove_category", "POST"): on_desk(GONE, fresh=True, category_id="4711"),
    # the forum: writing (hub/writing)
    ("writing.new_topic", "GET"): row(SIGNED_IN, PAGE, about="board", board_id="$thing"),
    ("writing.start_topic", "POST"): row(SIGNED_IN, REFUSED, about="board", board_id="$thing"),
    ("writing.reply", "GET"): row(SIGNED_IN, PAGE, about="topic", topic_id="$thing"),
    ("writing.send_reply", "POST"): row(SIGNED_IN, REFUSED, about="topic", topic_id="$thing"),
    ("writing.edit", "GET"): own_post(PAGE, also=MODERATING),
    ("writing.save", "POST"): own_post(REFUSED, also=MODERATING),
    ("writing.restore", "POST"): own_post(GONE, also=MODERATING, number="1"),
    ("writing.delete", "GET"): own_post(PAGE),
    ("writing.delete_now", "POST"): own_post(ELSEWHERE),
    ("writing.history", "GET"): row(SIGNED_IN, PAGE, about="post", post_id="$thing"),
    ("writing.preview", "POST"): row(SIGNED_IN, REFUSED),
    ("writing.people", "GET"): row(SIGNED_IN, PAGE, about="board", board_id="$thing", query="q=W"),
    ("writing.tags", "GET"): row(SIGNED_IN, PAGE, query="q=a"),
    ("writing.drafts", "GET"): row(SIGNED_IN, PAGE),
    ("writing.keep_draft", "POST"): row(SIGNED_IN, REFUSED),
    ("writing.throw_away", "POST"): row(SIGNED_IN, GONE, draft_id="4711"),
    # the forum: arranging (hub/arranging)
    ("arranging.act", "POST"): topic_to_arrange(REFUSED),
    ("arranging.move", "GET"): topic_to_arrange(PAGE),
    ("arranging.move_now", "POST"): topic_to_arrange(REFUSED),
    ("arranging.split", "GET"): topic_to_arrange(PAGE),
    ("arranging.split_now", "POST"): topic_to_arrange(REFUSED),
    ("arranging.merge", "GET"): topic_to_arrange(PAGE),
    ("arranging.merge_now", "POST"): topic_to_arrange(REFUSED),
    ("arranging.accept", "POST"): row(SIGNED_IN, ELSEWHERE, 403, about="post", post_id="$thing"),
    # the forum: reactions and bookmarks (hub/reactions)
    ("reactions.react", "POST"): row(SIGNED_IN, 403, 422, about="post", post_id="$thing"),
    ("reactions.bookmark", "POST"): row(SIGNED_IN, ELSEWHERE, about="post", post_id="$thing"),
    ("reactions.note", "GET"): row(SIGNED_IN, GONE, about="post", post_id="$thing"),
    ("reactions.bookmarks", "GET"): row(SIGNED_IN, PAGE),
    # the forum: polls (hub/polls)
    ("polls.vote", "POST"): row(SIGNED_IN, ELSEWHERE, about="poll", poll_id="$thing"),
    ("polls.close", "POST"): row(SIGNED_IN, 403, ELSEWHERE, about="poll", poll_id="$thing"),
    # the forum: uploads (hub/uploads)
    ("uploads.index", "GET"): row(SIGNED_IN, PAGE),
    ("uploads.add", "POST"): row(SIGNED_IN, REFUSED),
    ("uploads.open", "GET"): row(PUBLIC, PAGE, about="upload", upload_id="$thing"),
    ("uploads.remove", "POST"): row(SIGNED_IN, GONE, about="upload", upload_id="$thing"),
    # following, notifications, feeds
    ("following.index", "GET"): row(SIGNED_IN, PAGE),
    ("following.follow", "POST"): row(SIGNED_IN, REFUSED),
    ("following.mark_read", "POST"): row(SIGNED_IN, REFUSED, about="topic", topic_id="$thing"),
    ("following.mark_board_read", "POST"): row(
        SIGNED_IN, ELSEWHERE, about="board", board_id="$thing"
    ),
    ("notifications.index", "GET"): row(SIGNED_IN, PAGE),
    ("notifications.read_all", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("notifications.read_one", "POST"): row(SIGNED_IN, GONE, notification_id="4711"),
    ("notifications.choices", "GET"): row(SIGNED_IN, PAGE),
    ("notifications.save_choices", "POST"): row(SIGNED_IN, REFUSED),
    ("notifications.unsubscribe", "GET"): row(PUBLIC, OVER, token="x"),
    ("notifications.stop_mails", "POST"): row(PUBLIC, OVER, token="x"),
    ("feeds.index", "GET"): row(SIGNED_IN, PAGE),
    ("feeds.make_key", "POST"): row(FRESH, REFUSED),
    ("feeds.revoke", "POST"): row(SIGNED_IN, GONE, key_id="4711"),
    ("feed.latest", "GET"): row(PUBLIC, PAGE),
    ("feed.board", "GET"): row(PUBLIC, PAGE, board_id="$open_board"),
    ("feed.topic", "GET"): row(PUBLIC, GONE, topic_id="4711"),
    ("feed.tag", "GET"): row(PUBLIC, GONE, tag="x"),
    # moderation (hub/moderation)
    ("moderation.report", "GET"): row(
        PUBLIC, PAGE, about="post", post_id="$thing", forbidden=("owner",)
    ),
    ("moderation.send_report", "POST"): row(
        PUBLIC, REFUSED, about="post", post_id="$thing", forbidden=("owner",)
    ),
    ("moderation.report_status", "GET"): row(PUBLIC, GONE, reference="R-0000-0000-0000"),
    ("moderation.object_to_outcome", "POST"): row(PUBLIC, GONE, reference="R-0000-0000-0000"),
    ("moderation.mine", "GET"): row(SIGNED_IN, PAGE),
    ("moderation.decision", "GET"): row(SIGNED_IN, GONE, decision_id="4711"),
    ("moderation.object_to", "POST"): row(SIGNED_IN, GONE, decision_id="4711"),
    ("moderation.queue", "GET"): row(SIGNED_IN, PAGE, GONE),
    ("moderation.case", "GET"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.claim", "POST"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.release", "POST"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.take_over", "POST"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.note", "POST"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.decide", "POST"): row(SIGNED_IN, GONE, case_id="4711"),
    ("moderation.objection", "GET"): row(SIGNED_IN, GONE, objection_id="4711"),
    ("moderation.answer", "POST"): row(SIGNED_IN, GONE, objection_id="4711"),
    # search (hub/search)
    ("search.index", "GET"): row(PUBLIC, PAGE, query="q=unit"),
    # between forum and library (hub/community)
    ("community.similar", "GET"): row(SIGNED_IN, GONE),
    ("community.ask_hub", "POST"): row(SIGNED_IN, ELSEWHERE, about="topic", topic_id="$thing"),
    ("community.ask_community", "GET"): row(SIGNED_IN, GONE, token="x", ordinal="1"),
    ("community.begin_topic", "POST"): row(SIGNED_IN, GONE, token="x", ordinal="1"),
    # in development only
    ("written_mail.written_mails", "GET"): row(PUBLIC, PAGE),
    ("written_mail.written_mail", "GET"): row(PUBLIC, GONE, mail_id="4711"),
}
# Changes that mail programs ask for, without a page before them: what is in the address proves it.
PROVEN_BY_ADDRESS = {("notifications.stop_mails", "POST")}
