"""The incident's life: which part of a sheet changed when, restored parts, dismissals, merges; the journey edited and walked."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EMPTY_MAP, EMPTY_LIST = sa.text("'{}'"), sa.text("'[]'")


def upgrade() -> None:
    op.add_column("incidents", sa.Column("changed", sa.JSON(), nullable=False, server_default=EMPTY_MAP))
    op.add_column("incidents", sa.Column("states", sa.JSON(), nullable=False, server_default=EMPTY_MAP))
    op.add_column("incidents", sa.Column("dismissed_for", sa.String(), nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("timeline", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("timeline", sa.Column("detail", sa.JSON(), nullable=False, server_default=EMPTY_MAP))
    op.add_column("drafts", sa.Column("facts_missing", sa.JSON(), nullable=False, server_default=EMPTY_LIST))
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("at", core.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("drafts", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("undone_at", core.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["incidents.id"], name=op.f("fk_merges_from_id")),
        sa.ForeignKeyConstraint(["into_id"], ["incidents.id"], name=op.f("fk_merges_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_from_id"), "merges", ["from_id"])
    op.create_index(op.f("ix_merges_into_id"), "merges", ["into_id"])
    op.create_table(
        "stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", core.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("persona", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_stages_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stages")),
    )
    op.create_index(op.f("ix_stages_case_id"), "stages", ["case_id"])
    op.create_table(
        "journey_cells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("persona", sa.String(), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=True),
        sa.Column("least_important", sa.JSON(), nullable=False),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", core.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_cells")),
    )
    op.create_index("ix_journey_cells_cell", "journey_cells", ["brand", "stage", "persona", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
