"""What the features behind the pages of incidents, promises, money and people say in English (see ``heard.py``)."""

from dashboards.languages import later

_INCIDENTS = (
    later("somebody changed this fact sheet while you were editing; compare and save again"),
    later("there is no incident %(id)s"), later("update: the text is empty"),
    later("status: an incident that is %(was)s cannot become %(to)s"),
    later("status: going back from %(was)s to %(to)s needs a reason: say what did not hold"),
    later("status: say why it is dismissed: %(reasons)s"),
    later("%(part)s is still failing"), later("%(part)s is partly back"),
    later("status: %(parts)s. Mark it back first, or keep watching"),
    later("next update: the incident is %(status)s, so nothing more is announced"),
    later("next update: has no offset; write it as in 2026-11-20T14:30:00-05:00"),
    later("next update: lies in the past"), later("next update: lies before the start of the incident"),
    later("started at: has no offset; write it as in 2026-11-20T08:05:00-05:00"),
    later("started at: lies in the future"), later("started_at: is missing; say when it began"),
    later("title: say in a few words what fails"),
    later("%(part)s: neither a component nor a region of this incident; add it to the sheet first"),
    later("%(name)s: not a fact of the sheet; it has %(names)s"),
    later("%(name)s: has %(length)s characters; at most %(most)s are kept"),
    later(
        "%(name)s: says %(said)s where compensation says %(meant)s; everybody is promised the same, so correct one of"
        " them"
    ),
    later("%(count)s entries in one list; at most %(most)s are kept"),
    later("merge: an incident cannot become part of itself"),
    later("merge: the two incidents are of different brands"),
    later("merge: #%(incident)s is %(status)s; only what still runs can be merged"),
    later("split: #%(incident)s is not part of another incident"),
    later("split: #%(incident)s is itself part of another; split that one first"),
    later("split: give at least one word by which the posts of the other failure are known"),
    later("split: #%(incident)s is %(status)s; only what still runs can be split"),
    later("split: no customer of this incident speaks of %(words)s"),
    later("incident %(id)s is part of incident %(into)s here, so the sheet of that one stays as it is"),
    later("incident %(id)s is %(status)s here, so its sheet stays as it is"),
    later(
        "incident %(id)s is %(status)s here, so its sheet stays as it is, and it runs again on the status page: import"
        " it without naming an incident to open a new one"
    ),
    later("incident %(id)s is %(status)s here and the status page said nothing since, so its sheet stays as it is"),
    later(
        "incident %(id)s is %(was)s here, and going back to %(to)s needs a reason: say it on its page, then import this"
        " again"
    ),
    later("somebody changed incident %(id)s while this was taken in; import it again"),
    later("%(count)s updates added to the timeline"),
    later("this holds %(count)s incidents; only one fits into an incident"),
    later("this has %(length)s characters; at most %(most)s are read"), later("not valid JSON: %(place)s"),
    later("%(file)s: not valid TOML: %(what)s"), later("%(place)s: is missing"),
    later("%(place)s: an object is expected"), later("%(place)s: a list is expected"),
    later("%(place)s: a text is expected"),
    later("%(place)s: %(value)s is not a time as in 2026-11-20T08:05:00-05:00"),
    later("%(place)s: %(value)s is not a status; use one of %(statuses)s"),
    later("%(place)s: must be text in quotes"),
    later("%(place)s: must be a time without quotes, such as 2026-11-20T08:05:00-05:00"),
    later("%(place)s: is not a key; known are %(keys)s"), later("%(place)s: is not a section; known are %(names)s"),
)  # fmt: skip
_DOUBTS = (
    later("This says that the next update comes at %(said)s, but the sheet promises %(promised)s."),
    later("This says that the next update comes at %(said)s, but no time is promised."),
    later("This says that it works again by %(said)s. That has passed, and it is not fixed."),
    later("This says that it works again by %(said)s, but the next update comes only at %(later)s."),
    later("This says that it works again by %(said)s, but %(fact)s says %(other)s."),
    later("This says that all is back, but the status says that it is not fixed."),
    later("This says that something is down, but the incident is resolved."),
    later("This says that %(part)s is not affected, but it is listed as affected."),
    later("This says that %(part)s is down, but it is marked as back."),
    later("This says that %(part)s is back, but it is marked as still failing."),
    later("The status says that the cause is identified, but it does not stand here."),
    later("This says that the cause is not known, but the sheet names it."),
    later("This names %(number)s, but phone says %(numbers)s."),
    later("This points to %(sites)s, but %(fact)s to %(others)s."),
)
_FACTS = (
    later("scope"), later("cause"), later("next step"), later("workaround"), later("compensation"),
    later("prevention"), later("phone"),
)  # fmt: skip
_DETECTED = (
    later(
        "Many more posts than usual since about %(when)s, but few speak of a failure (%(some)s of %(all)s). Probably"
        " not an outage."
    ),
    later(
        "People say the service fails, since about %(when)s. It was noticed after %(time)s: %(people)s people wrote of"
        " a failure where about %(usual)s would be usual. So far %(some)s of %(all)s posts speak of it."
    ),
    later(
        "People say the service fails, since about %(when)s. It was noticed after %(time)s: %(people)s people wrote of"
        " a failure where about %(usual)s would be usual. So far %(some)s of %(all)s posts speak of it, %(angry)s of"
        " them angrily."
    ),
    later("less than a minute"), later("1 minute"), later("%(count)s minutes"),
    later("Suspected outage"), later("Outage"),
)  # fmt: skip
_ALARMS = (
    later("A customer on %(platform)s may be in danger"),
    later("Posted %(when)s. A reply waits for approval."),
    later("Posted %(when)s. No reply is drafted: open the post and act."),
    later("Suspected incident: %(title)s"), later("Began about %(when)s. Confirm or dismiss it."),
    later("Promised update is overdue: %(title)s"),
    later("It was promised for %(when)s. Say what is known, and when you speak next."),
    later("Promise is overdue: %(text)s"),
    later("It was due %(when)s. Its owner is %(owner)s."),
    later("It was due %(when)s (its words name no time; this is a guess). Its owner is %(owner)s."),
    later("It was due %(when)s. Its owner %(owner)s cannot log in any more: give it to somebody else."),
    later(
        "It was due %(when)s (its words name no time; this is a guess). Its owner %(owner)s cannot log in any more:"
        " give it to somebody else."
    ),
    later("On %(platform)s %(differs)s. Open it and compare; take it down if it must go."),
    later("For a day %(platform)s did not let us look at it. Open it and compare; take it down if it must go."),
    later("A reply on %(platform)s is not what was approved"), later("A reply on %(platform)s is unseen"),
    later("Complaints rise on %(platform)s and we are silent"),
    later("%(count)s complaints in %(minutes)s minutes. Our last reply there: %(when)s."), later("none yet"),
    later("Source %(name)s: the log-in is refused"), later("Source %(name)s does not answer"),
    later("Publisher %(name)s: the log-in is refused"),
    later("1 approved reply waits. %(problem)s"), later("%(count)s approved replies wait. %(problem)s"),
    later("Last heard %(when)s. Until it works, nobody there is heard."),
    later("Last heard %(when)s. %(problem)s Until it works, nobody there is heard."),
    later("It never answered. Until it works, nobody there is heard."),
    later("It never answered. %(problem)s Until it works, nobody there is heard."),
)  # fmt: skip
_DECISIONS = (
    later("result: say what came of it, in words for the customer"),
    later("say what came of it, in words for the customer"),
    later("this has %(length)s characters; at most %(most)s are kept"),
    later("department: there is no department %(name)s"),
    later("somebody changed this cell while you were editing; compare and save again"),
    later("moves: no move is left, so there would be nothing to say"),
    later("moves: a move stands here twice"), later("least important: a move stands here twice"),
    later("least important: %(move)s is not among the moves"),
    later("least important: something must be left to say when the reply is too long"),
    later("actions: %(count)s; at most %(most)s are kept"),
    later("tone, owner or action: at most %(most)s characters"),
    later("tone: say in a few words how such a customer is spoken to"),
    later("what: say what the money was for"), later("amount: must be above 0"),
    later("this entry does not stand any more"), later("incident: there is no incident %(id)s"),
    later("reason: say why the promise is broken"), later("somebody settled this promise meanwhile"),
    later("owner: nobody called %(name)s can log in"), later("due: lies in the past"), later("due: choose a time"),
    later("reason: say why the time moves"), later("there is no promise %(id)s"),
    later("this promise is %(status)s already"),
    later("reason: say why nothing should be promoted now"), later("promotions are on hold already"),
    later("promotions are not on hold"),
    later("1 angry post is unanswered, so promotions stay on hold. %(way)s."),
    later("%(count)s angry posts are unanswered, so promotions stay on hold. %(way)s."),
    later("Give a reason to release them all the same"), later("An admin can release them with a reason"),
    later("sending is off already (%(where)s)"), later("sending is not off (%(where)s)"),
    later("%(name)s may stop sending, but only a lead or an admin starts it again"),
    later("there is no publisher %(name)s; there are: %(names)s"), later("there is no switch %(name)s"),
    later("this phrasing is not in force any more"),
    later("somebody decided about the playbook meanwhile; look again"),
    later("%(name)s may look, but only a lead or an admin changes the playbook"),
    later("the playbook does not say this any more"), later("a phrasing has 1 to %(most)s characters"),
    later("the playbook says this already"),
    later("%(blocked)s of %(all)s replies with it do not pass the gate: %(finding)s (“%(text)s”)"),
    later("this is not proposed any more: somebody decided about it, or the edits it rested on are gone"),
)  # fmt: skip
_PEOPLE = (
    later("name: 1 to %(most)s characters"), later("name: at most %(most)s characters"),
    later("name: write it without line breaks and control characters"),
    later("there is an account %(name)s already"), later("this invitation was used or taken back before"),
    later("Give the name your team knows you by, at most %(most)s characters."),
    later("this link was used, taken back, or is too old"), later("this link was used, replaced, or is too old"),
    later("Somebody has this name already. Add your last name, or a letter of it."),
    later("there is no such account"), later("this session has ended already"),
    later("role: %(role)s is not one of %(roles)s"), later("there is no account %(name)s"),
    later("%(name)s is the last admin; make another one first"),
    later("your own is switched off under your name, with password and code"),
    later("%(name)s has no second factor and no passkey"), later("this is not a mail address"),
    later("%(name)s has this address"),
    later("%(name)s has %(most)s tokens; revoke one that is not used any more"),
    later("say what the token is for, in 1 to %(most)s characters"), later("choose at least one of %(names)s"),
    later("a token lasts 1 to %(most)s days, or has no end"), later("this token was revoked already"),
    later("log-ins of this account were ended at this moment; try again"),
)  # fmt: skip
_PLATFORMS = (
    later(
        "%(platform)s refused the log-in (%(status)s). Check the credentials of this section, and that they were"
        " not revoked."
    ),
    later(
        "Money to ask whether posts are still there is short (%(count)s posts a day): until midnight UTC only posts "
        "whose reply was not sent yet are asked about. Raise %(name)s."
    ),
    later(
        "Money to ask whether posts are still there is used up (%(count)s posts a day): until midnight UTC none is "
        "asked about, and what is deleted there stays here. Raise %(name)s."
    ),
    later("%(platform)s wants payment (%(status)s). The credits or the plan are used up; top up, then it goes on."),
    later("%(platform)s does not allow this (%(status)s). Check the rights of the app, the plan and the account."),
    later("%(platform)s did not answer (%(detail)s). Trying again."),
    later("%(platform)s asks us to slow down (429). Waiting."),
    later("%(platform)s has trouble (%(status)s). Trying again."),
    later("%(platform)s answered with something unreadable (%(status)s). Trying again."),
    later("%(platform)s does not accept the request (%(status)s). Check the query and the account."),
    later("%(platform)s could not be reached (%(detail)s); nothing was sent. Trying again."),
    later("%(platform)s refused the reply (%(status)s)."),
)
_LINKS = (
    later("it redirects without end"), later("not an http(s) address"), later("it lies in a private network"),
    later("no answer in %(seconds)s s"), later("its certificate is not valid"), later("no answer (%(what)s)"),
)  # fmt: skip

_PROMISED = (
    later("the update came"), later("it is resolved"), later("everybody was told"),
    later("no reply that made it stands any more"), later("nothing was done about it for a day"),
    later("Next update, on the status page"),
)  # fmt: skip

MESSAGES: tuple[str, ...] = (
    *_INCIDENTS,
    *_DOUBTS,
    *_FACTS,
    *_DETECTED,
    *_ALARMS,
    *_DECISIONS,
    *_PEOPLE,
    *_PLATFORMS,
    *_LINKS,
    *_PROMISED,
)
