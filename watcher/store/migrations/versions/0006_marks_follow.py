"""Where a word of the user's belongs when its process has another name, and which interview it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go forward; what was said before belongs to the message that opens its process now."""
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opener", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("interview", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("start", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE mark SET opener = coalesce("
        "(SELECT process.opener FROM process WHERE process.account = mark.account AND process.id = mark.process), '')"
    )
