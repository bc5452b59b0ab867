"""The posts of a case in the order they were written: the newest are found without reading the others."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_mentions_case", "mentions", ["case_id", "created_at"])
    op.drop_index("ix_mentions_case_id", "mentions")


def downgrade() -> None:
    op.create_index("ix_mentions_case_id", "mentions", ["case_id"])
    op.drop_index("ix_mentions_case", "mentions")
