"""How a moment leaves the interface: RFC 3339 in UTC, to the second."""

from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from core.clock import iso

Time = Annotated[datetime, PlainSerializer(iso), WithJsonSchema({"type": "string", "format": "date-time"})]
Stamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]  # written already
