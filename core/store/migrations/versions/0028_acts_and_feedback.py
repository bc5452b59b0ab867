"""What a person did, in order; and posts that were read behind the mark of the feedback's walk."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_actor", "audit", ["actor", "id"])
    op.create_table(
        "feedback_again",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_feedback_again_mention_id")),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_feedback_again")),
    )


def downgrade() -> None:
    op.drop_table("feedback_again")
    op.drop_index("ix_audit_actor", "audit")
