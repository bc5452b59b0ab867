"""Guards: what the database itself refuses to write, told once for both databases. For migrations alone.

What a released migration made with this must stay what it was, so this only ever grows by new ways.
"""

from alembic import op


def put(name: str, table: str, event: str, refuse: str, message: str, *, replace: bool = False) -> None:
    """Refuses, with ``message``, an ``event`` (INSERT, UPDATE, DELETE) on rows of ``table`` for which ``refuse`` holds.

    ``replace``: it takes the place of the guard of this name, on the same table and event.
    """
    write = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    write(name, table, event, refuse, message, replace)


def _sqlite(name: str, table: str, event: str, refuse: str, message: str, replace: bool) -> None:
    if replace:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refuse} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str, table: str, event: str, refuse: str, message: str, replace: bool) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refuse} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
    )
    if not replace:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
