"""The floor: what tests and the living floor do to it."""

from itertools import count
from typing import Any, Literal

from tests.harness.fake_ytel.calls import AS_IT_IS, MISSING, Call, Leg, Mark, Role, leg_data
from tests.harness.fake_ytel.hearing import Hearing
from tests.harness.fake_ytel.knobs import RING_SECONDS, Knobs
from tests.harness.fake_ytel.phones import Phones
from tests.harness.fake_ytel.timeline import Clock, wall_clock
from tests.harness.fake_ytel.unsteady import TRUNK, Unsteady
from tests.harness.fake_ytel.users import User

type Proof = Literal["channelName", "callerId", "both"] | None
type Direction = Literal["inbound", "outbound"]

CONFERENCE_FIELDS = ("accountSid", "confId", "status", "createdTime", "details", "members", "memberData")
USER_AREAS = (646, 917, 347, 718, 929, 332, 516, 914, 631, 845)
OUTSIDE_AREAS = (312, 415, 617, 702, 303, 512, 206, 503, 305, 404)  # 212 is left to supervisors


def fictional(nth: int, areas: tuple[int, ...]) -> str:
    """The nth number of these areas: the lines kept for fiction first, 100 an area, then the ones after them."""
    block, line = divmod(nth, 100)
    lines, area = divmod(block, len(areas))
    return f"+1{areas[area]}555{100 * (lines + 1) + line:04}"


class Floor(Hearing, Phones, Unsteady):
    """Calls, legs and users, for many callers at once. Every moment is the clock's, which `move_clock` puts on."""

    def __init__(
        self,
        clock: Clock = wall_clock,
        seed: int = 1,
        auto_answer_after: float | None = None,
        ring_seconds: float = RING_SECONDS,
        knobs: Knobs | None = None,
    ) -> None:
        super().__init__(clock, seed, auto_answer_after, ring_seconds, knobs)
        self._users: list[User] = []
        self._user_lines = count()
        self._outside_lines = count()

    @property
    def users(self) -> list[User]:
        """Every user, in Ytel's order."""
        with self.turn():
            return list(self._users)

    def add_user(
        self,
        first: str = "Ann",
        last: str = "Lee",
        number: str | None = None,
        client_id: str | None = None,
        raw: Any = AS_IT_IS,
        status: str = "active",
    ) -> User:
        """A new user, also where one of that client id is there already; `raw` is listed in its place."""
        with self.turn():
            user = User(client_id or self.new_id(), first, last, number or self._user_number(), raw, status)
            self._users.append(user)
            return user

    def remove_user(self, user: User) -> None:
        with self.turn():
            self._users.remove(user)

    def user_of(self, call: Call) -> User | None:
        """The user that a call's client id names: the last, where several have it."""
        details = call.wire().get("details")
        client_id = details.get("client_id") if isinstance(details, dict) else None
        with self.turn():
            return next((user for user in reversed(self._users) if client_id and user.client_id == client_id), None)

    def add_call(
        self,
        agent: User | Mark | None = AS_IT_IS,
        *,
        direction: Direction = "inbound",
        proof: Proof = "channelName",
        legs: tuple[Role, ...] = ("contact", "agent"),
        contact: str | None = None,
        created: int | None = None,
        conf_id: str | None = None,
        status: str = "active",
        details: dict[str, Any] | None = None,
        shape: dict[str, Any] | None = None,
    ) -> str:
        """A new call; its id. Left out, the agent is a new user; None is an agent whose client id nobody has.

        `legs` join in that order, `details` are added to or replace the call's own, `shape` replaces whole fields of
        what is listed (`{"memberData": None}`, `{"details": MISSING}`).
        """
        with self.turn():
            user = self.add_user() if isinstance(agent, Mark) else agent
            agent_number = user.number if user else self._user_number()
            contact = contact or self._outside_number()
            called, caller = (agent_number, contact) if direction == "inbound" else (contact, agent_number)
            call = Call(
                conf_id=conf_id or self.new_id(),
                account=self.account,
                created=self.now if created is None else created,
                status=status,
                details={
                    "called_number": called,
                    "caller_number": caller,
                    "client_id": user.client_id if user else self.new_id(),
                    "contact_id": self.new_id(),
                    "parent_call_sid": self.new_id(),
                }
                | (details or {}),
                shape=shape or {},
            )
            self._calls[call.conf_id] = call
            for role in legs:
                if role == "agent":
                    self.join(call.conf_id, role, number=agent_number, proof=proof)
                else:
                    self.join(call.conf_id, role, number=contact if role == "contact" else None)
            return call.conf_id

    def join(
        self,
        conf_id: str,
        role: Role = "third",
        number: str | None = None,
        *,
        proof: Proof = None,
        channel: str | Mark | None = AS_IT_IS,
        caller_id: str | Mark | None = AS_IT_IS,
        raw: Any = AS_IT_IS,
    ) -> str:
        """A member joins; its id.

        An agent's leg shows its `proof`; `channel` and `caller_id` say otherwise, and None leaves that field out.
        """
        with self.turn():
            call = self._calls[conf_id]
            line = number or self._outside_number()
            shown = line if role != "agent" or proof in ("channelName", "both") else TRUNK
            called_by = call.details.get("client_id") if role == "agent" and proof in ("callerId", "both") else shown
            leg = Leg(
                member_id=self.new_member_id(),
                role=role,
                leg_id=self.new_id(),
                number=line,
                channel=shown if isinstance(channel, Mark) else channel,
                caller_id=called_by if isinstance(caller_id, Mark) else caller_id,
                called_number=call.details.get("called_number"),
                joined_at=self.now,
                raw=raw,
            )
            return self._seat(call, leg)

    def raw_conference(self, item: Any, roles: dict[str, Role] | None = None) -> str:
        """List this, whatever it is, exactly as it is given; the id it is known by here.

        Where it has a `memberData`, its entries are members, of these roles, who can leave and be joined by others.
        """
        with self.turn():
            given: dict[str, Any] = item if isinstance(item, dict) else {}
            details, data, members = (given.get(key) for key in ("details", "memberData", "members"))
            call = Call(
                conf_id=str(given.get("confId") or self.new_id()),
                account=self.account,
                created=self.now,
                details=details if isinstance(details, dict) else {},
                shape=dict.fromkeys(CONFERENCE_FIELDS, MISSING) | given,
                instead=AS_IT_IS if given else item,
                members_as_given=True,
            )
            if isinstance(data, dict) and data:
                del call.shape["memberData"]
                leg_ids = list(members) if isinstance(members, dict) and len(members) == len(data) else []
                if leg_ids:
                    del call.shape["members"]
                for nth, (member_id, raw) in enumerate(data.items()):
                    leg_id = leg_ids[nth] if leg_ids else self.new_id()
                    call.legs[member_id] = self._raw_leg(
                        member_id, leg_id, (roles or {}).get(member_id, "unknown"), raw
                    )
            self._calls[call.conf_id] = call
            return call.conf_id

    def _raw_leg(self, member_id: str, leg_id: str, role: Role, raw: Any) -> Leg:
        self.member_id_seen(member_id)
        told = leg_data(raw)
        channel = told.get("channelName")
        return Leg(
            member_id=member_id,
            role=role,
            leg_id=leg_id,
            number=str(channel or ""),
            channel=channel,
            caller_id=told.get("callerId"),
            called_number=told.get("calledNumber"),
            joined_at=self.now,
            raw=raw,
        )

    def reshape(self, conf_id: str, **fields: Any) -> None:
        """From now on list these fields of a call so. `AS_IT_IS`: the truth again; `MISSING`: no such field."""
        with self.turn():
            call = self._calls[conf_id]
            call.shape = {key: value for key, value in (call.shape | fields).items() if value is not AS_IT_IS}
            call.changed()

    def garble(self, conf_id: str, member_id: str, raw: Any) -> None:
        """From now on list this in place of a member's data."""
        with self.turn():
            call = self._calls[conf_id]
            call.legs[member_id].raw = raw
            call.changed()

    def _user_number(self) -> str:
        return fictional(next(self._user_lines), USER_AREAS)

    def _outside_number(self) -> str:
        return fictional(next(self._outside_lines), OUTSIDE_AREAS)
