"""Bounds of servers, whom posts name, when a sent reply is looked at next, what a draft rests on, learnt wordings."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "platform_bounds",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("per_link", sa.Integer(), nullable=False),
        sa.Column("asked_at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("platform", name=op.f("pk_platform_bounds")),
    )
    op.add_column("mentions", sa.Column("named", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("deliveries", sa.Column("look", sa.String(), nullable=False, server_default="due"))
    op.add_column("deliveries", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("look_at", NOW, nullable=True))
    op.add_column("deliveries", sa.Column("look_problem", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE deliveries SET look = 'same' WHERE looked_at IS NOT NULL AND differs = ''")
    op.execute("UPDATE deliveries SET look = 'differs' WHERE looked_at IS NOT NULL AND differs <> ''")
    op.create_index("ix_deliveries_look", "deliveries", ["look", "status"])
    op.add_column("drafts", sa.Column("written", sa.Text(), nullable=False, server_default=""))
    op.add_column("drafts", sa.Column("grounds", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
    )
    op.create_index("ix_wordings_line", "wordings", ["brand", "language", "line", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
