"""What a model is to the rest of the product, and how the configured one is found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.domain import Reading

if TYPE_CHECKING:
    from core.settings import Classifier

BUNDLED = "bundled"


class Model(Protocol):
    """Anything that reads posts."""

    name: str
    """name@version"""

    @property
    def names(self) -> frozenset[str]:
        """Every name@version that its readings may carry now."""
        ...

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]:
        """One reading for each text, in order."""
        ...

    def warm_up(self) -> None:
        """Load what reading needs, so that a fault shows now and the first reading is fast."""
        ...


@runtime_checkable
class Fetched(Protocol):
    """A model that comes over the network, and may be out of reach."""

    problem: str | None
    """Why another one reads in its place; None when it reads itself."""

    def ask_again(self) -> bool:
        """Tries once more what failed because the network did; returns whether it reads itself now."""
        ...


def load(settings: "Classifier", languages: Sequence[str] = ("en", "fr", "es")) -> Model:
    """The model of the settings: the bundled ones, or any Hugging Face name or directory.

    `languages` are those the brands speak. Raises ConfigError when a file of the bundled model is missing
    or broken. A model that cannot be fetched leaves a warning, and the bundled one reads on.
    """
    from classifier.language import Identifier
    from classifier.models.bundled import BundledModel
    from classifier.models.paired import STRONG, PairedModel

    identify = Identifier(languages).identify
    fast = BundledModel(identify, threads=settings.threads)
    strong = BundledModel(identify, folder=STRONG, threads=settings.threads)
    bundled = PairedModel(fast, strong, identify)
    if settings.model == BUNDLED:
        return bundled
    from classifier.models.huggingface import HuggingFaceModel

    return HuggingFaceModel(bundled, settings.model, revision=settings.revision, label_map=settings.label_map)
