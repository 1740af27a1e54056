"""What makes the table of the audit log append-only in the database itself.

Nobody changes or deletes an entry, not even the hub by mistake, and a new one has the next number.
An administrator of the database can still take the triggers away: that is what the chain is for.
The statements are for migrations too, which run them after the table is made.
"""

from sqlalchemy import DDL, Table, event

SQLITE = (
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    # Also against INSERT OR REPLACE, for which the trigger above does not fire.
    """CREATE TRIGGER audit_entry_next BEFORE INSERT ON audit_entry
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM audit_entry)
BEGIN SELECT RAISE(ABORT, 'the numbers of the audit log have no gap'); END""",
)
# 23000 is the violation of an integrity constraint, which is also what SQLite says.
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '23000'; END $$""",
    """CREATE OR REPLACE FUNCTION audit_entry_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id IS DISTINCT FROM (SELECT coalesce(max(id), 0) + 1 FROM audit_entry) THEN
    RAISE EXCEPTION 'the numbers of the audit log have no gap' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END $$""",
    """CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
    """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
    """CREATE TRIGGER audit_entry_next BEFORE INSERT ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_next()""",
)
# The triggers go with the table; the functions of PostgreSQL do not.
POSTGRESQL_AFTER_DROP = (
    "DROP FUNCTION IF EXISTS audit_entry_refuse()",
    "DROP FUNCTION IF EXISTS audit_entry_next()",
)


def protect(table: Table) -> None:
    """Whoever creates the table from the model gets the triggers too."""
    for statement in SQLITE:
        event.listen(table, "after_create", DDL(statement).execute_if(dialect="sqlite"))
    for statement in POSTGRESQL:
        event.listen(table, "after_create", DDL(statement).execute_if(dialect="postgresql"))
    for statement in POSTGRESQL_AFTER_DROP:
        event.listen(table, "after_drop", DDL(statement).execute_if(dialect="postgresql"))
