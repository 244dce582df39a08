"""WebRTC users, as the account's list of them holds them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.harness.fake_ytel.calls import AS_IT_IS, digits, styled_id
from tests.harness.fake_ytel.kinds import IdStyle, Number

SECRET = "never-to-be-kept"  # what every secret in a user's entry begins with


@dataclass(frozen=True)
class User:
    """A WebRTC user of the account."""

    client_id: str
    first_name: str
    last_name: str
    number: str
    raw: Any = AS_IT_IS
    status: str = "active"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    # {"clientId": "c91f9b77-…", "firstName": "Ann", "lastName": "Lee", "webrtcNumber": "+16465550100",
    #  "displayName": "Ann Lee", "username": "ann.lee", "emailAddress": "ann.lee@example.com", "phone": "+1646…",
    #  "status": "active", "roles": ["webrtc-agent"], "createAt": 1709834784827, "inboxes": [{…}], …}
    def wire(self, *, whole: bool = False, ids: IdStyle = "as is", numbers: Number = "text") -> Any:
        """The article's four fields, or all that were seen."""
        if self.raw is not AS_IT_IS:
            return self.raw
        number: str | int = self.number if numbers == "text" else int(digits(self.number) or 0)
        four = {
            "clientId": styled_id(self.client_id, ids),
            "firstName": self.first_name,
            "lastName": self.last_name,
            "webrtcNumber": number,
        }
        return four | self._others() if whole else four

    def _others(self) -> dict[str, Any]:
        login = ".".join(name.lower() for name in (self.first_name, self.last_name) if name)
        return {
            "displayName": self.name,
            "username": login,
            "emailAddress": f"{login}@example.com",
            "phone": self.number,
            "status": self.status,
            "roles": ["webrtc-agent", "user"],
            "createAt": 1_672_531_200_000,
            "inboxes": [{"inboxId": _derived(self.client_id, 1), "password": f"{SECRET}-inbox-{self.client_id}"}],
            "ucaasExtension": {"extension": "1001", "password": f"{SECRET}-ucaas-{self.client_id}"},
            "webrtcPassword": f"{SECRET}-webrtc-{self.client_id}",
        }


def _derived(client_id: str, nth: int) -> str:
    """Another id that stays the same for the same user."""
    try:
        return str(UUID(int=(UUID(client_id).int + nth) % (1 << 128)))
    except ValueError:
        return f"{client_id}-{nth}"
