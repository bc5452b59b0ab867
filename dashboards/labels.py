"""Single words of the domain as people see them: the English label is the key, ``{{ label | tr }}`` shows it."""

from dashboards.languages import later

STAGES = (
    later("surprise"), later("irritation"), later("anger"), later("anxiety"), later("resignation"), later("relief"),
    later("aftermath"),
)  # fmt: skip
ROLES = (later("viewer"), later("approver"), later("lead"), later("admin"))
STATUSES = (  # of incidents, promises and replies to feedback, as the timeline and messages name them
    later("suspected"), later("investigating"), later("identified"), later("monitoring"), later("resolved"),
    later("closed"), later("dismissed"), later("merged"), later("kept"), later("broken"), later("withdrawn"),
)  # fmt: skip
REASONS = (  # why an alarm was no incident
    later("not an outage"), later("planned work"), later("somebody else's failure"),
    later("known as another incident"), later("a test"),
)  # fmt: skip
PARTS = (later("still failing", "part"), later("partly back", "part"), later("back", "part"))
PERSONAS = (
    later("work", "persona"), later("business", "persona"), later("safety", "persona"), later("family", "persona"),
    later("education", "persona"), later("money", "persona"), later("leisure", "persona"),
)  # fmt: skip
MOVES = (
    later("acknowledge", "move"), later("own", "move"), later("explain", "move"), later("next step", "move"),
    later("make good", "move"), later("prevent", "move"), later("invite", "move"), later("thank", "move"),
)  # fmt: skip
AUDIENCES = (  # followers of customers
    later("unknown", "audience"), later("under 100", "audience"), later("100 to 999", "audience"),
    later("1,000 to 9,999", "audience"), later("10,000 or more", "audience"), later("all", "audience"),
)  # fmt: skip
STRETCHES = (later("before", "stretch"), later("during", "stretch"), later("after", "stretch"))
BUCKETS = (later("hour"), later("day"))
CAUSES = (later("Not said yet", "cause"),)
WORDINGS = (later("taken", "wording"), later("rejected", "wording"), later("taken back", "wording"))
REPLIES = (
    later("approved", "reply"), later("rejected", "reply"), later("superseded", "reply"), later("done", "reply"),
)  # fmt: skip
DRAFTS = (
    later("approved", "draft"), later("rejected", "draft"), later("superseded", "draft"), later("done", "draft"),
)  # fmt: skip
EMOTIONS = (
    later("anger", "emotion"), later("annoyance", "emotion"), later("anxiety", "emotion"), later("sadness", "emotion"),
    later("confusion", "emotion"), later("joy", "emotion"), later("neutral", "emotion"),
)  # fmt: skip
SENTIMENTS = (later("negative"), later("neutral"), later("positive"))
SHEET = (later("components"), later("regions"), later("next update"), later("started"), later("links"))
WRITERS = (later("playbook"), later("result of feedback"))
