"""Readings corrected by people; whether a mention is about the brand at all, and whether it looks like an advertisement."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("at", core.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_corrections_mention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_at"), "corrections", ["at"])
    op.create_index("ix_corrections_mention", "corrections", ["mention_id", "id"])
    op.add_column("mentions", sa.Column("relevance", sa.Double(), nullable=True))
    op.add_column("mentions", sa.Column("relevant", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("mentions", sa.Column("spam_score", sa.Double(), nullable=True))
    op.add_column("mentions", sa.Column("spam", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
