"""Links that are sent by mail: each works once, whoever is faster."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session

from hub.accounts import links
from hub.accounts.models import MailedLink, Purpose
from hub.clock import now
from hub.extensions import db


@pytest.fixture
def link_id(app):
    with app.app_context():
        link = links.make(db.session(), Purpose.RESET, "anna@example.org", now())
        number = link.id
        db.session.commit()
    return number


def test_of_many_at_once_one_uses_it(app, link_id):
    won, start = [], Barrier(4)

    def use():
        with app.app_context():
            with Session(db.engine) as looking:
                link = looking.get_one(MailedLink, link_id)
            start.wait()
            with Session(db.engine) as session, session.begin():
                won.append(links.use(session, link, now()))

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_it_is_not_used_after_its_time(app, link_id):
    with app.app_context():
        link = db.session.get_one(MailedLink, link_id)
        assert not links.use(db.session(), link, now() + links.LASTS + timedelta(seconds=1))
        assert links.use(db.session(), link, now())


def test_its_text_is_for_one_purpose_one_number_and_one_secret(app, link_id):
    with app.app_context():
        text = links.signed(db.session.get_one(MailedLink, link_id))
        assert links.opened(db.session(), Purpose.RESET, text, now())
        for other in (text + "x", text[:-1], "", "\ud800", "x" * 201):
            assert links.opened(db.session(), Purpose.RESET, other, now()) is None
        assert links.opened(db.session(), Purpose.SIGN_UP, text, now()) is None
        app.config["SECRET_KEY"] = "another"
        assert links.opened(db.session(), Purpose.RESET, text, now()) is None
