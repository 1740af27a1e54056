"""The words of contributions, as the database finds them: FTS5 on SQLite, tsvector on PostgreSQL.

Triggers keep ``contribution_words`` as ``contribution`` is, in the same transaction, whoever writes
it. It holds what is not withdrawn. Beside ``title`` and ``text`` it has ``marks``: words of letters
and digits that say for whom the contribution is, in which board, whose, and under which tags. So a
search reads only what its reader may see, and what is narrowed down costs less, not more.

The statements are for migrations too, which run them after the table is made. The table is no
part of the models: ``alembic`` is told to pass over what begins with its name.
"""

from typing import cast

from sqlalchemy import DDL, Table, event

from knowledge.community_models import Contribution

NAME = "contribution_words"
_MARKS = """'a' || replace({row}.audience, '-', '') || ' b' || {row}.board_id
    || ' p' || {row}.author_id || ' ' || {first} || ' ' || {row}.tags"""


def _marks(row: str) -> str:
    first = f"CASE WHEN {row}.is_first THEN 'ktopic' ELSE 'kpost' END"
    return _MARKS.format(row=row, first=first)


def _sqlite_words(row: str) -> str:
    return f"{row}.id, {row}.title, {row}.text, {_marks(row)}"


_TAKE_OUT = f"""INSERT INTO {NAME} ({NAME}, rowid, title, text, marks)
    SELECT 'delete', {_sqlite_words("OLD")} WHERE OLD.withdrawn_at IS NULL;"""
_PUT_IN = f"""INSERT INTO {NAME} (rowid, title, text, marks)
    SELECT {_sqlite_words("NEW")} WHERE NEW.withdrawn_at IS NULL;"""
_WATCHED = "title, text, tags, audience, board_id, author_id, is_first, withdrawn_at"
SQLITE = (
    f"""CREATE VIRTUAL TABLE {NAME} USING fts5 (
    title, text, marks, content='', tokenize='unicode61 remove_diacritics 2')""",
    f"""CREATE TRIGGER {NAME}_added AFTER INSERT ON contribution BEGIN
    {_PUT_IN} END""",
    f"""CREATE TRIGGER {NAME}_changed AFTER UPDATE OF {_WATCHED} ON contribution BEGIN
    {_TAKE_OUT} {_PUT_IN} END""",
    f"""CREATE TRIGGER {NAME}_removed AFTER DELETE ON contribution BEGIN
    {_TAKE_OUT} END""",
)
SQLITE_BEFORE_DROP = (f"DROP TABLE IF EXISTS {NAME}",)
POSTGRESQL = (
    f"""CREATE TABLE {NAME} (
    id bigint PRIMARY KEY REFERENCES contribution (id) ON DELETE CASCADE,
    words tsvector NOT NULL)""",
    f"CREATE INDEX ix_{NAME} ON {NAME} USING gin (words)",
    f"""CREATE OR REPLACE FUNCTION {NAME}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.withdrawn_at IS NOT NULL THEN
    DELETE FROM {NAME} WHERE id = NEW.id;
  ELSE
    INSERT INTO {NAME} (id, words) VALUES (NEW.id,
      setweight(to_tsvector('simple', left(NEW.title, 1000)), 'A')
      || to_tsvector('simple', left(NEW.text, 50000))
      || (SELECT array_to_tsvector(array_agg(DISTINCT '#' || mark))
          FROM unnest(string_to_array({_marks("NEW")}, ' ')) AS mark WHERE mark <> ''))
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
  END IF;
  RETURN NULL;
END $$""",  # noqa: S608 - made of nothing but names
    f"""CREATE TRIGGER {NAME}_changed AFTER INSERT OR UPDATE OF {_WATCHED} ON contribution
FOR EACH ROW EXECUTE FUNCTION {NAME}_keep()""",
)
POSTGRESQL_BEFORE_DROP = (f"DROP TABLE IF EXISTS {NAME}",)
POSTGRESQL_AFTER_DROP = (f"DROP FUNCTION IF EXISTS {NAME}_keep()",)


def keep_words(table: Table) -> None:
    """Whoever creates the table from the model gets the words too."""
    for moment, dialect, statements in (
        ("after_create", "sqlite", SQLITE),
        ("before_drop", "sqlite", SQLITE_BEFORE_DROP),
        ("after_create", "postgresql", POSTGRESQL),
        ("before_drop", "postgresql", POSTGRESQL_BEFORE_DROP),
        ("after_drop", "postgresql", POSTGRESQL_AFTER_DROP),
    ):
        for statement in statements:
            # DDL fills in what stands after a percent sign.
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, moment, ddl)


keep_words(cast(Table, Contribution.__table__))
