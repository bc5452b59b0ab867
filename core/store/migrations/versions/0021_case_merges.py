"""Cases of one customer that people made one, with what is needed to take that back."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("cases", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_table(
        "case_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("undone_at", NOW, nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["cases.id"], name=op.f("fk_case_merges_from_id")),
        sa.ForeignKeyConstraint(["into_id"], ["cases.id"], name=op.f("fk_case_merges_into_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_case_merges_actor_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_case_merges_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merges")),
    )
    op.create_index("ix_case_merges_into_id", "case_merges", ["into_id"])
    standing = sa.text("status = 'standing'")
    op.create_index(
        "uq_case_merges_standing",
        "case_merges",
        ["from_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
