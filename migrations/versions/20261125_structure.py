"""structure: places, definitions, recognised pages, vectors of sentences"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261125"
down_revision: str | None = "20261123"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("passage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("places", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("definitions", sa.JSON(), nullable=False, server_default="[]")
        )
    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("is_recognised", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("embedding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sentences", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("embedding", schema=None) as batch_op:
        batch_op.drop_column("sentences")
    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.drop_column("is_recognised")
        batch_op.drop_column("notes")
    with op.batch_alter_table("passage", schema=None) as batch_op:
        batch_op.drop_column("definitions")
        batch_op.drop_column("places")
