"""The JSON interface below /api/v1. Who asks shows a token; sessions and their cookies open nothing here."""

from fastapi import FastAPI

from dashboards.deps import Deps


def add_to(app: FastAPI, deps: Deps) -> None:
    """Registers every address of the interface."""
    from dashboards.api import promotions

    promotions.add_to(app, deps)
