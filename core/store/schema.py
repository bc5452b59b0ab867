"""Every table, gathered for the migrations."""

from core.store import audit, cases, cursors, deliveries, drafts, events, incidents, mentions, rollups, shares, users
from core.store.base import Base

MODULES = (audit, cases, cursors, deliveries, drafts, events, incidents, mentions, rollups, shares, users)
metadata = Base.metadata
