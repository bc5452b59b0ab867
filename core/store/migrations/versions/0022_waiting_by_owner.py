"""Whose waiting drafts are whose, from an index of its own: the others are not looked through for them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    owned = sa.text("owner_id IS NOT NULL")
    columns = ["owner_id", "rank", "since", "draft_id", "wakes_at"]
    op.create_index("ix_waiting_owner", "waiting", columns, sqlite_where=owned, postgresql_where=owned)


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
