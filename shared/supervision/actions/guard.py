"""The look at every supervision that is watched, on every fresh reading of Ytel, whoever asked for it.

It moves each to the state that Ytel shows, and finds the exposed: a whisper or a listen that a member hears who should
not. What it finds is recorded and told. Legs that are to go are disconnected, again on each reading until they are
gone: those of exposed supervisors where `drop_exposed` is true, of supervisors who left, were given up, or whose time
is up, and the agent's leg of a take-over.

A reading is looked at in two steps. `reconcile` decides, and writes nothing, so that the list can be published.
`settle` then records, tells and drops, side by side, and nobody's list waits for a drop that Ytel does not answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from supervision.base import clock
from supervision.base.observability import add_metric
from supervision.base.problems import NotJoined
from supervision.base.side_by_side import Begun, side_by_side
from supervision.floor.floor import Looked
from supervision.rules import lifecycle
from supervision.rules.calls import agent_of
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.rules.ids import id_key
from supervision.rules.legs import Legs, User, read_fresh, read_legs
from supervision.rules.lifecycle import Patience
from supervision.rules.supervision import Supervision
from supervision.table.events import Event, of_failure, of_supervision
from supervision.table.repository import Supervisions
from supervision.ytel.client import Ytel
from supervision.ytel.readings import ConferenceList

# How long a reading waits until the disconnects it calls for are answered. They have been sent by then: whether a leg
# is gone is seen on the next reading, not by the answer.
DROPS_WITHIN = 0.5
RECORDED_FIRST, RECORDS_WITHIN = 0.3, 8.0
SWEPT_WITHIN = 0.5
# The oldest reading that an agent's leg is disconnected on.
RELEASE_WITHIN_MS = 5_000


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reading makes of the watched supervisions: before and after, and the members to disconnect (call, member).

    `supervisors` are those under way afterwards, by the `id_key` of their call. `releases` are the take-overs whose
    agent's leg is to go.
    """

    supervisors: dict[str, list[Supervisor]] = field(default_factory=dict)
    changes: list[tuple[Supervision, Supervision]] = field(default_factory=list)
    drops: list[tuple[str, str]] = field(default_factory=list)
    releases: list[tuple[Supervision, User | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Guard:
    """Looks after the supervisions."""

    supervisions: Supervisions
    ytel: Ytel
    drop_exposed: bool
    patience: Patience

    def look(self, floor: ConferenceList, users: Mapping[str, User]) -> Looked:
        """What a reading of the whole floor makes of every supervision that is watched; what is to be done comes later.

        Raises what the table raises where the supervisions cannot be read.
        """
        found = self.reconcile(floor, users)
        return Looked(found.supervisors, partial(self._after, found))

    def reconcile(self, floor: ConferenceList, users: Mapping[str, User]) -> Reconciled:
        """Decides what a reading of the whole floor makes of every supervision that is watched."""
        by_call: dict[str, list[Supervision]] = {}
        for supervision in self.supervisions.open():
            by_call.setdefault(id_key(supervision.confId), []).append(supervision)
        listed = floor.conferences if by_call else ()
        conferences = {key: one for one in listed if (key := id_key(one.confId)) in by_call}
        found = Reconciled()
        for conf_id, watched in by_call.items():
            conference = conferences.get(conf_id)
            after = self._apply(
                found, watched, conference, agent_of(conference, users) if conference else None, floor.read_at
            )
            under_way = [one for one in after if one.under_way]
            if under_way:
                found.supervisors[conf_id] = lifecycle.supervisors(
                    under_way, read_at=floor.read_at, patience=self.patience
                )
        return found

    def settle(self, found: Reconciled) -> list[Supervision]:
        """Records and tells what changed, and drops who is to go; what stands on record afterwards, change by change.

        Never raises: what fails is logged, and found again by the next reading.
        """
        records = [partial(self._record, *change) for change in found.changes]
        drops: list[Callable[[], object]] = [partial(self.ytel.disconnect, *drop) for drop in found.drops]
        drops += [partial(self._release, *release) for release in found.releases]
        recording = Begun(records)
        # First on record, so that it is told why a leg went. But no drop waits for a table that does not answer.
        recording.wait(RECORDED_FIRST)
        side_by_side(drops, DROPS_WITHIN)
        recorded = recording.wait(RECORDS_WITHIN)
        return [new or after for (_, after), new in zip(found.changes, recorded, strict=True)]

    def _after(self, found: Reconciled) -> None:
        self.settle(found)
        side_by_side([self.supervisions.outbox.sweep_besides], SWEPT_WITHIN)

    def reconcile_call(self, conference: FreshConference, agent: User | None) -> list[Supervision]:
        """Takes in a reading of one call; its supervisions that are watched, as they are afterwards.

        It was made for a request, which is decided on what it showed. So no agent is released on it, for which the call
        is read anew, and who may have joined meanwhile would be known and not kept out: the next list does that.
        """
        found = Reconciled()
        watched = self.supervisions.open(conference.conf_id)
        after = self._apply(found, watched, conference.content, agent, conference.read_at)
        found.releases.clear()
        return self._settled(found, after)

    def call_missing(self, conf_id: str, read_at: int) -> list[Supervision]:
        """Takes in a reading that began at `read_at` and did not show the call; its supervisions that are watched."""
        found = Reconciled()
        after = self._apply(found, self.supervisions.open(conf_id), None, None, read_at)
        return self._settled(found, after)

    def _settled(self, found: Reconciled, after: list[Supervision]) -> list[Supervision]:
        recorded = {one.id: one for one in self.settle(found)}
        return [recorded.get(one.id, one) for one in after]

    def _apply(
        self,
        found: Reconciled,
        watched: Sequence[Supervision],
        conference: Conference | None,
        agent: User | None,
        read_at: int,
    ) -> list[Supervision]:
        legs: Legs | None = None
        if conference is not None and watched:
            own = lifecycle.supervisors(watched, read_at=read_at, patience=self.patience)
            legs = read_legs(conference, agent, own)
        after = []
        for before in watched:
            supervision = lifecycle.advance(
                before,
                legs,
                read_at=read_at,
                now=clock.now_ms(),
                patience=self.patience,
                drop_exposed=self.drop_exposed,
                others=watched,
            )
            if supervision != before.replace(seenAt=supervision.seenAt):
                found.changes.append((before, supervision))
            if legs is not None:
                found.drops.extend((before.confId, member) for member in lifecycle.to_drop(supervision, legs))
                if lifecycle.to_release(supervision, legs) is not None:
                    found.releases.append((supervision, agent))
            after.append(supervision)
        return after

    def _release(self, one: Supervision, agent: User | None) -> None:
        """Disconnects the agent's leg of a take-over, if the call is still so that nobody is left alone.

        The reading that called for it is as old as the list; the supervisor may have gone, or asked to go. So the call
        is read once more, and the record after it.
        """
        conference = self.ytel.conference(one.confId)
        if conference is None:
            return
        watched = self.supervisions.open(one.confId)
        standing = next((each for each in watched if each.id == one.id), None)
        own = lifecycle.supervisors(watched, read_at=conference.read_at, patience=self.patience)
        leg = standing and lifecycle.to_release(standing, read_fresh(conference, agent, own))
        # Lambda may have stopped this function in between: what is too old is left to the next reading.
        if leg and clock.now_ms() - conference.read_at <= RELEASE_WITHIN_MS:
            self.ytel.disconnect(one.confId, leg)

    def _record(self, before: Supervision, after: Supervision) -> Supervision | None:
        # Where somebody else was faster, they told of it; the next reading starts from what they recorded.
        return self.supervisions.save(after, _what_happened(before, after))


def _what_happened(before: Supervision, after: Supervision) -> list[Event]:
    told = []
    if after.state == "joined" and before.state != "joined":
        if before.joinedAt is None and before.dial != "taken":  # who dialled never came to tell that it began
            told.append(of_supervision("Supervision Started", before))
        told.append(of_supervision("Supervision Joined", after))
    if after.exposed and not before.exposed:
        add_metric("Exposures")
        told.append(of_supervision("Supervision Exposed", after))
    if after.agentReleasedAt is not None and before.agentReleasedAt is None:
        add_metric("AgentsReleased")
        told.append(of_supervision("Agent Released", after))
    if after.state == "ended" and before.state != "ended":
        told.append(of_supervision("Supervision Ended", after))
    if after.state == "failed" and before.state != "failed":
        told.append(_not_answered(after))
    return told


def _not_answered(supervision: Supervision) -> Event:
    problem = NotJoined("The supervisor's phone was not answered in time.")
    request = {"action": supervision.action, "confId": supervision.confId, "to": supervision.to}
    return of_failure(
        supervision.id,
        {**request, "supervisionId": supervision.id},
        problem,
        requested_by=supervision.requestedBy,
        correlation_id=supervision.correlationId,
    )
