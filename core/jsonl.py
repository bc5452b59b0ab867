"""A line of JSONL as the object it holds, or one clear sentence on what is wrong with it."""

import json
import math
from typing import Any

from core.errors import InputError


def json_object(line: bytes) -> dict[str, Any]:
    """The object of one line of UTF-8, with or without a byte order mark. Raises InputError with the reason.

    Lone surrogates, which some programs write, are kept: what reads the fields decides about them.
    """
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        value = json.loads(line.decode("utf-8", "surrogatepass").rstrip(), parse_constant=_finite, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise InputError(f"byte 0x{line[error.start]:02x} at position {error.start + 1} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg.removesuffix(' at')} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise InputError("not JSON that can be read: a number is too long or brackets are nested too deep") from None
    if not isinstance(value, dict):
        raise InputError(f"not a JSON object but {'a list' if isinstance(value, list) else 'a single value'}")
    return value


def _finite(word: str) -> float:
    """A number with a fraction. NaN, Infinity and what is as large would come back as answers that are no JSON."""
    value = float(word)
    if not math.isfinite(value):
        raise InputError(f"not JSON: {word[:20]} is not a finite number")
    return value
