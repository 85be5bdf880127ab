"""Which task the user has done."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item", sa.Text(), nullable=False, server_default=""))
