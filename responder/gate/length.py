"""A reply must fit its platform by the platform's own count."""

from collections.abc import Iterator

from core.domain import Finding
from core.errors import InputError
from responder import lengths
from responder.gate import Candidate
from responder.gate.reading import block

NAME = "length"


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding when the reply is empty, too long, or the platform is not known."""
    end = len(candidate.reply)
    try:
        length = lengths.measure(candidate.platform, candidate.reply, bounds=candidate.bounds)
    except InputError as error:
        yield block(NAME, 0, end, f"{error}. Correct the platform.")
        return
    if not candidate.reply.strip():
        yield block(NAME, 0, end, "The reply is empty. Write one or reject the draft.")
    elif length.length > length.limit:
        over = length.length - length.limit
        message = f"The reply is {length.length} long and {candidate.platform} takes {length.limit}: cut {over}."
        yield block(NAME, 0, end, message)
    elif not length.valid:
        message = f"{candidate.platform} would refuse this text: too many bytes or a forbidden character. Shorten it."
        yield block(NAME, 0, end, message)
