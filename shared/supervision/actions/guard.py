"""The look at every supervision under way, on every fresh reading of the floor, whoever asked for it.

It moves each to the state that Ytel shows, and finds the exposed: a whisper or a listen whose call somebody joined who
is on neither side of its list. What it finds is recorded and told, and where `drop_exposed` is true the supervisor's
own leg is dropped at once, again on each reading until it is gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import NotJoined
from supervision.rules.calls import agent_of, is_active
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import Supervisor, User, read_legs
from supervision.rules.lifecycle import advance
from supervision.rules.supervision import Supervision
from supervision.table.outbox import Event, of_failure, of_supervision
from supervision.table.repository import Supervisions
from supervision.ytel.client import ConferenceList, Ytel


@dataclass(frozen=True, slots=True)
class Guard:
    """Looks after the supervisions under way."""

    supervisions: Supervisions
    ytel: Ytel
    drop_exposed: bool

    def look(self, floor: ConferenceList, users: Mapping[str, User]) -> dict[str, list[Supervisor]]:
        """Takes in a reading of the whole floor; the supervisions still under way, by call.

        Never raises for one supervision what would hide the floor: that is logged, and done on the next reading.
        """
        conferences = {one.confId: one for one in floor.conferences if is_active(one)}
        found: dict[str, list[Supervisor]] = {}
        by_call: dict[str, list[Supervision]] = {}
        for supervision in self.supervisions.open():
            by_call.setdefault(supervision.confId, []).append(supervision)
        for conf_id, open_ in by_call.items():
            conference = conferences.get(conf_id)
            agent = agent_of(conference, users) if conference else None
            after = self._take_in(open_, conference, agent, floor.read_at, floor.complete, floor.sure)
            found[conf_id] = [one.as_supervisor() for one in after if one.under_way]
        return found

    def look_at(self, conference: FreshConference, agent: User | None) -> list[Supervision]:
        """Takes in a reading of one call; its supervisions still under way."""
        open_ = self.supervisions.open(conference.conf_id)
        after = self._take_in(open_, conference.content, agent, conference.read_at)
        return [one for one in after if one.under_way]

    def call_over(self, supervision: Supervision) -> None:
        """Takes in that a reading, begun just now, did not show the call of this supervision."""
        self._take_in([supervision], None, None, clock.now_ms())

    def _take_in(
        self,
        open_: Sequence[Supervision],
        conference: Conference | None,
        agent: User | None,
        read_at: int,
        complete: bool = True,
        sure: bool = True,
    ) -> Iterable[Supervision]:
        legs = None
        if conference is not None and open_:
            legs = read_legs(conference, agent, [one.as_supervisor() for one in open_])
        after = []
        for before in open_:
            supervision = advance(before, legs, read_at=read_at, now=clock.now_ms(), complete=complete, sure=sure)
            if supervision != before.replace(seenAt=supervision.seenAt):
                supervision = self._record(before, supervision)
            if supervision.exposed and supervision.state == "joined" and self.drop_exposed:
                self._drop(supervision)
            after.append(supervision)
        return after

    def _record(self, before: Supervision, after: Supervision) -> Supervision:
        try:
            saved = self.supervisions.save(after, _what_happened(before, after))
        except Exception:
            # Exposed is exposed, on record or not; the next reading finds the rest again.
            logger.exception("a supervision could not be recorded", extra={"supervision": before.id})
            return after
        # Where somebody else was faster, they told of it; the next reading starts from what they recorded.
        return saved or after

    def _drop(self, supervision: Supervision) -> None:
        if supervision.leg is None:
            return
        try:
            self.ytel.disconnect(supervision.confId, supervision.leg)
        except Exception:
            logger.exception("an exposed supervisor could not be dropped", extra={"supervision": supervision.id})


def _what_happened(before: Supervision, after: Supervision) -> list[Event]:
    told = []
    if after.joinedAt is not None and before.joinedAt is None:
        if before.dial != "taken":  # who dialled never came to tell that it began
            told.append(of_supervision("Supervision Started", before))
        told.append(of_supervision("Supervision Joined", after))
    if after.exposed and not before.exposed:
        add_metric("Exposures")
        told.append(of_supervision("Supervision Exposed", after))
    if after.state == "ended":
        told.append(of_supervision("Supervision Ended", after))
    if after.state == "failed":
        told.append(_not_answered(after))
    return told


def _not_answered(supervision: Supervision) -> Event:
    problem = NotJoined("The supervisor's phone did not join the call within a minute.")
    request = {"action": supervision.action, "confId": supervision.confId, "to": supervision.to}
    return of_failure(
        supervision.id,
        {**request, "supervisionId": supervision.id},
        problem,
        requested_by=supervision.requestedBy,
        correlation_id=supervision.correlationId,
    )
