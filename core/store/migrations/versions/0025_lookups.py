"""How the sources fare when they are asked whether posts are still there."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lookups",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("asked_at", NOW, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", NOW, nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_lookups")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
