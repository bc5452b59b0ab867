"""An outage as a journey: seen, confirmed, explained, resolved."""
