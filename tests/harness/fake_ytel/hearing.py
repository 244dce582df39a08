"""Questions to a floor, asked in words: who is in a call, and who hears whom."""

from collections.abc import Iterable

from tests.harness.fake_ytel import audio
from tests.harness.fake_ytel.calls import Call, Role, digits
from tests.harness.fake_ytel.conferences import Conferences


class Hearing(Conferences):
    """What can be asked of a floor. Asking brings the floor up to date first."""

    def active_calls(self) -> list[Call]:
        with self.turn():
            return list(self._calls.values())

    def is_active(self, conf_id: str) -> bool:
        with self.turn():
            return conf_id in self._calls

    def members(self, conf_id: str, *roles: Role) -> list[str]:
        """Ids of those in the call, oldest first; of these roles only, where given."""
        with self.turn():
            call = self.call(conf_id)
            return [leg.member_id for leg in (call.of_role(*roles) if roles else call.legs.values())]

    def member(self, conf_id: str, role: Role) -> str:
        """The one member of a role."""
        found = self.members(conf_id, role)
        if len(found) != 1:
            raise LookupError(f"{len(found)} members of call {conf_id} have the role {role}")
        return found[0]

    def role(self, conf_id: str, member_id: str) -> Role:
        """The role of a member, also of one who has left."""
        return self.call(conf_id).leg(member_id).role

    def supervisor(self, conf_id: str, number: str) -> str:
        """The member that is this supervisor's phone."""
        with self.turn():
            for leg in self.call(conf_id).of_role("supervisor"):
                if digits(leg.number) == digits(number):
                    return leg.member_id
        raise LookupError(f"the phone {number} is not in call {conf_id}")

    def is_in(self, conf_id: str, number: str) -> bool:
        """Whether this supervisor's phone is in the call now."""
        try:
            self.supervisor(conf_id, number)
        except LookupError:
            return False
        return True

    def hears(self, conf_id: str, listener_member_id: str, speaker_member_id: str) -> bool:
        """Whether one member hears another; false where either is not in the call."""
        return listener_member_id in self.who_hears(conf_id, speaker_member_id)

    def who_hears(self, conf_id: str, member_id: str) -> set[str]:
        """Ids of the members that hear this one now."""
        with self.turn():
            legs = self.call(conf_id).legs
            speaker = legs.get(member_id)
            return audio.who_hears(speaker.voice, (leg.voice for leg in legs.values())) if speaker else set()

    def who_ever_heard(self, conf_id: str, member_id: str) -> set[str]:
        """Ids of every member that at any moment heard this one, the ones who have left too."""
        with self.turn():
            return set(self.call(conf_id).heard_by.get(member_id, ()))

    def roles_that_hear(self, conf_id: str, number: str) -> set[Role]:
        """Roles that hear this supervisor's phone now: `{"agent"}` for a whisper that is right."""
        return self._roles(conf_id, self.who_hears(conf_id, self.supervisor(conf_id, number)))

    def roles_that_ever_heard(self, conf_id: str, number: str) -> set[Role]:
        """Roles that at any moment heard this supervisor's phone, however often it was in the call."""
        with self.turn():
            call = self.call(conf_id)
            phones = [
                leg.member_id
                for leg in (*call.legs.values(), *call.gone.values())
                if leg.role == "supervisor" and digits(leg.number) == digits(number)
            ]
            return set().union(*(self._roles(conf_id, self.who_ever_heard(conf_id, phone)) for phone in phones))

    def _roles(self, conf_id: str, member_ids: Iterable[str]) -> set[Role]:
        return {self.role(conf_id, member_id) for member_id in member_ids}
