"""Decisions of the audit in plain words: what was done, about what, and the names of its details."""

from dashboards.languages import later, pgettext

DECISIONS = (
    later("agreement undone", "decision"), later("alarm acknowledged", "decision"),
    later("approval lapsed", "decision"), later("approval undone", "decision"),
    later("audit accepted", "decision"), later("audit sealed", "decision"),
    later("author opted out", "decision"), later("author resumed", "decision"),
    later("case assigned", "decision"), later("case escalated", "decision"), later("case gave back", "decision"),
    later("case handed back", "decision"), later("case merged", "decision"), later("case noted", "decision"),
    later("case snoozed", "decision"), later("case split", "decision"), later("case took over", "decision"),
    later("case woke", "decision"),
    later("delivery differs", "decision"), later("delivery not there", "decision"),
    later("delivery refused", "decision"), later("delivery sent", "decision"), later("delivery settled", "decision"),
    later("delivery taken down", "decision"), later("delivery unknown", "decision"),
    later("delivery unseen", "decision"),
    later("draft agreed", "decision"), later("draft approved", "decision"), later("draft edited", "decision"),
    later("draft rechecked", "decision"), later("draft rejected", "decision"), later("draft rewritten", "decision"),
    later("draft superseded", "decision"), later("draft written", "decision"),
    later("draft written anew", "decision"),
    later("feedback assigned", "decision"), later("feedback closed", "decision"),
    later("incident cause", "decision"), later("incident dismissed", "decision"), later("incident edited", "decision"),
    later("incident gave back", "decision"), later("incident gave off", "decision"),
    later("incident merged", "decision"), later("incident opened", "decision"), later("incident split", "decision"),
    later("incident split off", "decision"), later("incident suspected", "decision"),
    later("incident took over", "decision"), later("incident update", "decision"),
    later("journey edited", "decision"), later("journey taken back", "decision"),
    later("ledger entered", "decision"), later("ledger voided", "decision"), later("link changed", "decision"),
    later("login passkey refused", "decision"), later("login sign on refused", "decision"),
    later("login throttled", "decision"), later("login wrong code", "decision"),
    later("login wrong password", "decision"),
    later("mention answered", "decision"), later("mentions imported", "decision"),
    later("mentions retried", "decision"),
    later("posts erased", "decision"),
    later("promise broken", "decision"), later("promise handed over", "decision"), later("promise kept", "decision"),
    later("promise moved", "decision"),
    later("promotions called again", "decision"), later("promotions held", "decision"),
    later("promotions released", "decision"),
    later("reading corrected", "decision"), later("switch off", "decision"), later("switch on", "decision"),
    later("token made", "decision"), later("token revoked", "decision"),
    later("user added", "decision"), later("user disabled", "decision"), later("user email", "decision"),
    later("user enabled", "decision"), later("user invitation withdrawn", "decision"),
    later("user invited", "decision"), later("user joined", "decision"), later("user passkey added", "decision"),
    later("user passkey refused", "decision"), later("user passkey removed", "decision"),
    later("user password", "decision"), later("user password link", "decision"),
    later("user recovery code used", "decision"), later("user recovery codes renewed", "decision"),
    later("user role", "decision"), later("user second factor off", "decision"),
    later("user second factor on", "decision"), later("user second factor reset", "decision"),
    later("user sessions ended", "decision"), later("user sign on bound", "decision"),
)  # fmt: skip
SUBJECTS = (
    later("alarm", "subject"), later("audit", "subject"), later("author", "subject"), later("case", "subject"),
    later("delivery", "subject"), later("draft", "subject"), later("erased", "subject"),
    later("feedback", "subject"), later("hold", "subject"),
    later("incident", "subject"), later("ledger", "subject"),
    later("login", "subject"),
    later("mention", "subject"), later("mentions", "subject"), later("people", "subject"), later("posts", "subject"),
    later("promise", "subject"),
    later("promotions", "subject"), later("token", "subject"), later("user", "subject"),
)  # fmt: skip
DETAILS = (
    later("account", "detail"), later("address", "detail"), later("alarms", "detail"),
    later("calls", "detail"), later("cases", "detail"),
    later("changes", "detail"), later("corrected", "detail"),
    later("customers", "detail"), later("department", "detail"), later("digest", "detail"), later("draft id", "detail"),
    later("drafts", "detail"), later("due at", "detail"), later("email", "detail"), later("emptied", "detail"),
    later("erased", "detail"), later("expires at", "detail"),
    later("incident id", "detail"), later("into", "detail"), later("invited by", "detail"), later("key", "detail"),
    later("mention", "detail"), later("mentions", "detail"), later("model", "detail"), later("more", "detail"),
    later("name", "detail"),
    later("note", "detail"), later("notes", "detail"), later("number", "detail"), later("override", "detail"),
    later("owner", "detail"),
    later("passkey", "detail"), later("passkeys", "detail"), later("persona", "detail"), later("platform", "detail"),
    later("posts", "detail"), later("problem", "detail"), later("reason", "detail"), later("replies", "detail"),
    later("result", "detail"), later("role", "detail"), later("rows", "detail"),
    later("scopes", "detail"), later("source", "detail"), later("stage", "detail"), later("status", "detail"),
    later("tell", "detail"), later("text", "detail"), later("title", "detail"), later("tokens ended", "detail"),
    later("until", "detail"),
    later("url", "detail"), later("version", "detail"), later("what", "detail"), later("why", "detail"),
)  # fmt: skip


def in_words(name: str) -> str:
    """``incident.edited`` → ``incident edited``, in English: the key of what is shown."""
    return name.replace(".", " ").replace("_", " ")


def subject_words(subject: str) -> str:
    """``incident:3`` → ``incident 3``."""
    kind, _colon, number = subject.partition(":")
    return f"{pgettext('subject', kind)} {number}".rstrip()
