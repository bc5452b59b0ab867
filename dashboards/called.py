"""What people call a component in the reader's language."""

from dashboards.languages import ENGLISH, speaking
from responder.writers.phrasebook import names


def called(component: str) -> str:
    """As it was given where this language has no name for it. English readers see what was typed."""
    if speaking() == ENGLISH:
        return component
    return names().get(speaking(), {}).get(component.casefold(), component).replace("'", "’")
