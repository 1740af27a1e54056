"""Passwords: kept as argon2id, compared in equal time, and refused where they are guessed soon."""

import hashlib
import statistics
import threading
import time
from pathlib import Path

import pytest
from flask import Flask

from hub.accounts import guessing, password_words, passwords
from hub.accounts.breaches import BreachedPasswords, ListUnusable
from hub.accounts.passwords import PasswordProblem, TooBusy, hash_password, matches, problem_with
from hub.config import MissingSetting, settings

GOOD = "kettle violin moss 41"


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> None:
    """Not here: these tests are about the real ones."""


@pytest.fixture(autouse=True)
def context(app: Flask):
    with app.app_context(), app.test_request_context():
        yield


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest().upper()


def breached(folder: Path, *texts: str, others: int = 2000) -> Path:
    """A list in the format of Pwned Passwords that holds these among others."""
    digests = sorted({sha1(f"other {number}") for number in range(others)} | set(map(sha1, texts)))
    lines = (f"{digest}:{number * 37}" for number, digest in enumerate(digests, 1))
    file = folder / "leaked.txt"
    file.write_text("\r\n".join(lines))
    return file


def test_a_hash_is_argon2id_with_64_mebibytes_and_matches_its_password_alone() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert len(stored) <= 200  # the column
    assert matches(stored, GOOD)
    assert not matches(stored, GOOD + " ")
    assert hash_password(GOOD) != stored
    assert not passwords.needs_rehash(stored)
    assert passwords.needs_rehash(stored.replace("t=3", "t=2"))


def test_nothing_of_a_long_password_is_cut_off() -> None:
    long = "a long one " * 93 + "x"
    assert len(long) == passwords.LONGEST
    stored = hash_password(long)
    assert matches(stored, long)
    assert not matches(stored, long[:-1] + "y")
    assert not matches(stored, long + "y")


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    stored = hash_password("gru\u0308ne Ra\u0308der 77")
    assert matches(stored, "gr\u00fcne R\u00e4der 77")
    assert matches(stored, "\uff47r\u00fcne R\u00e4der 77")


@pytest.mark.parametrize("text", ["", "\0" * 20, "\ud800" * 20, "x" * 10_000, "\u0000", "💥" * 900])
def test_whatever_is_sent_is_compared_without_an_error(text: str) -> None:
    assert matches(hash_password(GOOD), text) is False
    assert matches("", text) is False


def test_damaged_hashes_match_nothing() -> None:
    assert not matches("$argon2id$broken", GOOD)
    assert not matches("plain", "plain")


def test_an_account_that_does_not_exist_takes_as_long_as_a_wrong_password() -> None:
    stored = hash_password(GOOD)
    assert matches("", "nobody's password") is False  # also makes what is compared with
    there, absent = [], []
    for _ in range(9):
        there.append(seconds_for(stored))
        absent.append(seconds_for(""))
    assert statistics.median(absent) == pytest.approx(statistics.median(there), rel=0.5)


def seconds_for(stored: str) -> float:
    began = time.perf_counter()
    matches(stored, "a wrong password")
    return time.perf_counter() - began


def test_as_many_hashes_at_once_as_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_slots", threading.BoundedSemaphore(2))
    monkeypatch.setattr(passwords, "_hasher", counting := CountingHasher())
    threads = [threading.Thread(target=hash_password, args=(GOOD,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counting.most == 2


class CountingHasher:
    """Stands for the work of a hash, and counts how many are at it."""

    def __init__(self) -> None:
        self.now, self.most, self._lock = 0, 0, threading.Lock()

    def hash(self, _text: str) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
        return ""


def test_who_waits_too_long_for_a_core_is_told_to_come_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "SECONDS_TO_WAIT_FOR_A_SLOT", 0.05)
    monkeypatch.setattr(passwords, "_slots", full := threading.BoundedSemaphore(1))
    with full, pytest.raises(TooBusy):
        hash_password(GOOD)
    refused = app.make_response(app.handle_user_exception(TooBusy()))
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PasswordProblem.TOO_SHORT),
        ("elevenchars", PasswordProblem.TOO_SHORT),
        ("x" * 1025, PasswordProblem.TOO_LONG),
        ("kettle violin\0moss", PasswordProblem.UNREADABLE),
        ("kettle violin\ud83dmoss", PasswordProblem.UNREADABLE),
        ("password1234", PasswordProblem.COMMON),
        ("PASSWORD!!!!2026", PasswordProblem.COMMON),
        ("qwertyuiop123", PasswordProblem.COMMON),
        ("123456789012", PasswordProblem.GUESSABLE),
        ("aaaaaaaaaaaaaaaa", PasswordProblem.GUESSABLE),
        ("abcabcabcabcabc", PasswordProblem.GUESSABLE),
        ("popaipopaihub1", PasswordProblem.GUESSABLE),
        ("magdalena.nowak1", PasswordProblem.GUESSABLE),
        (GOOD, None),
        ("correct horse battery", None),
        ("ένα δύο τρία τέσσερα", None),
        ("🐝🎺🧊🪁🦔🥨🛶🎯🧵🪐🌵🧭", None),
        ("            then words with spaces ", None),
        ("hundekatzemaus", None),
    ],
)
def test_what_can_be_a_password(text: str, problem: PasswordProblem | None) -> None:
    assert problem_with(text, "Magdalena Nowak", "magdalena.nowak@police.example.org") == problem


def test_what_others_know_of_a_person_is_no_password_of_theirs() -> None:
    assert problem_with("bertholdiusvonk", "Bertholdius", "vonk@example.org")
    assert not problem_with("bertholdiusvonk", "Someone", "else@example.org")


def test_words_of_one_person_are_not_held_against_the_next() -> None:
    assert problem_with("zorvexelquam99", "zorvexelquam")
    assert not problem_with("zorvexelquam99")


# Every sign here stands for a letter in zxcvbn, which tries what they could mean together.
SIGNS = "4@8({[<369&#!1/|0$5+7%2"
# As many meanings as a text of full length may have, and as one that is cut short.
MANY_MEANINGS, MOST_MEANINGS = "4@({[<691$58", "4@({[<691|+7"


def test_a_password_is_judged_in_a_moment_whatever_it_is() -> None:
    problem_with(GOOD)
    signs = (SIGNS * 44, MANY_MEANINGS * 85, MOST_MEANINGS * 85)
    for text in ("a" * 1024, "p4$$w0rd" * 128, "@4$3!1|0" * 128, "é" * 1024, *signs):
        assert min(time_to_judge(text) for _ in range(3)) < 1


def time_to_judge(text: str) -> float:
    """Seconds of this process. Its other threads, and what is left of the tests before, count too:
    of some tries the shortest tells."""
    began = time.process_time()
    problem_with(text, "x" * 500)
    return time.process_time() - began


def test_a_long_password_is_judged_by_its_beginning() -> None:
    assert problem_with("a" * 32 + GOOD) == PasswordProblem.GUESSABLE
    assert problem_with(GOOD + "a" * 500) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (GOOD * 5, 32),
        ("1234567890!@#$" + GOOD, 32),
        (MANY_MEANINGS * 5, 32),
        (GOOD[:16] + SIGNS, 31),
        (SIGNS * 5, 15),
        (MOST_MEANINGS * 5, 12),
    ],
)
def test_what_could_mean_many_things_is_judged_by_less_of_it(text: str, length: int) -> None:
    assert len(guessing.beginning(text)) == length
    assert problem_with(text) is None


def test_who_waits_too_long_to_have_a_password_judged_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guessing, "SECONDS_TO_WAIT", 0.05)
    raised: list[type[BaseException] | None] = []

    def judge() -> None:
        try:
            guessing.guesses_for(GOOD, ())
        except TooBusy as busy:
            raised.append(type(busy))

    thread = threading.Thread(target=judge, daemon=True)
    with guessing._one_at_a_time:
        thread.start()
        thread.join(5)
        assert raised == [TooBusy]
    assert problem_with(GOOD) is None


def test_passwords_that_leaked_are_found_in_the_file(tmp_path: Path) -> None:
    leaked = [f"leaked password {number}" for number in range(50)]
    known = BreachedPasswords(breached(tmp_path, *leaked))
    assert all(known.holds(text) for text in leaked)
    assert not any(known.holds(f"{text} not") for text in leaked)
    assert all(known.holds(f"other {number}") for number in range(2000))


def test_every_line_of_a_short_list_is_found(tmp_path: Path) -> None:
    for count in range(6):
        texts = [f"text {number}" for number in range(count)]
        known = BreachedPasswords(breached(tmp_path, *texts, others=0))
        assert all(known.holds(text) for text in texts)
        assert not known.holds("another")


def test_digests_without_counts_in_small_letters_are_a_list_too(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("\n".join(sorted(sha1(f"text {number}").lower() for number in range(99))))
    BreachedPasswords(file).check()
    assert BreachedPasswords(file).holds("text 17")
    assert not BreachedPasswords(file).holds("text 100")


def test_a_leaked_password_is_refused(app: Flask, tmp_path: Path) -> None:
    app.config["BREACHED_PASSWORDS"] = str(breached(tmp_path, GOOD))
    assert problem_with(GOOD) == PasswordProblem.BREACHED
    assert problem_with(GOOD + "!") is None


def test_the_hub_does_not_start_with_a_list_that_is_none(tmp_path: Path) -> None:
    environ = {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "x"}
    unsorted, other, fine = tmp_path / "unsorted", tmp_path / "other", breached(tmp_path, GOOD)
    unsorted.write_text("\n".join(reversed(fine.read_text().split())))
    other.write_text("password\nhunter2\n")
    for file, words in (
        (tmp_path / "gone", "cannot be read"),
        (unsorted, "not sorted"),
        (other, "SHA-1"),
    ):
        with pytest.raises(MissingSetting, match=words):
            settings(environ | {"HUB_BREACHED_PASSWORDS": str(file)})
    assert settings(environ | {"HUB_BREACHED_PASSWORDS": str(fine)})["BREACHED_PASSWORDS"]


def test_a_list_that_went_away_is_said_and_lets_no_password_through(
    app: Flask, tmp_path: Path
) -> None:
    app.config["BREACHED_PASSWORDS"] = str(tmp_path / "gone")
    with pytest.raises(ListUnusable, match="cannot be read"):
        problem_with(GOOD)


def test_each_problem_has_a_sentence() -> None:
    sentences = {password_words.sentence(problem) for problem in PasswordProblem}
    assert len(sentences) == len(PasswordProblem)
    assert all(sentence.endswith(".") for sentence in sentences)
