"""The rows: one module per noun. SQLAlchemy is used nowhere else.

A use case opens ``with store.begin() as db`` (writes) or ``with store.read() as db``, and hands ``db`` to the
functions of these modules; they never commit.
"""

from sqlalchemy.orm import Session

from core.store.base import Store, open_store

__all__ = ["Session", "Store", "open_store"]
