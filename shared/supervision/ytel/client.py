"""What this product asks of Ytel: four requests and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from supervision.base import clock
from supervision.base.settings import YtelSettings
from supervision.rules.absence import Absence
from supervision.rules.calls import is_active
from supervision.rules.conferences import Conference, loads_list
from supervision.rules.fresh import FreshConference
from supervision.ytel.answers import NotThere
from supervision.ytel.lists import Habits, Walk

if TYPE_CHECKING:
    from supervision.ytel.transport import Bearer, Transport


@dataclass(frozen=True, slots=True)
class ConferenceList:
    """The account's conferences as read at `read_at` (ms since the epoch, when the read began).

    `absence` says what it means that a conference is not among these.
    """

    conferences: list[Conference]
    absence: Absence
    read_at: int

    @property
    def complete(self) -> bool:
        """Whether this may be taken for the whole list."""
        return self.absence.complete

    @property
    def sure(self) -> bool:
        """Whether this one reading proves that what is not there is over."""
        return self.absence is Absence.PROVEN


class Ytel:
    """The API of one Ytel account."""

    def __init__(self, settings: YtelSettings, bearer: "Bearer") -> None:
        self._settings = settings
        self._bearer = bearer
        self._conferences_habits = Habits()
        self._users_habits = Habits(look_every_ms=900_000)

    @cached_property
    def _transport(self) -> "Transport":
        # Imported on first use: a function whose answers are held asks Ytel for nothing, and starts without it.
        from supervision.ytel.transport import Transport

        return Transport(self._bearer, self._settings.ytel_timeout_seconds)

    def conferences(self) -> ConferenceList:
        """Every conference, with its members. Raises a YtelProblem."""
        read_at = clock.now_ms()
        found: dict[str, Conference] = {}
        walk = self._walk()
        for page in walk:
            found.update((conf_id, entry) for entry in page.entries if (conf_id := _conf_id(entry)))
        return ConferenceList(list(found.values()), walk.absence, read_at)

    def conference(self, conf_id: str) -> FreshConference | None:
        """The conference as it is now, or None where it is not active. Raises a YtelProblem.

        Ytel documents no request for one conference: its list is walked until it is found. A conference can slip
        from one page to another meanwhile, so one that is not found is looked for twice, unless the first walk proves
        that it is not there.
        """
        for _ in range(2):
            read_at = clock.now_ms()
            walk = self._walk()
            for page in walk:
                for entry in page.entries:
                    if _conf_id(entry) == conf_id:
                        return FreshConference(conf_id, entry, read_at) if is_active(entry) else None
            if not walk.several and walk.absence.complete:
                break
        return None

    def active(self) -> list[FreshConference]:
        """Every active conference, each fresh for this request. Raises a YtelProblem."""
        read = self.conferences()
        return [FreshConference(one.confId, one, read.read_at) for one in read.conferences if is_active(one)]

    def users(self) -> list[dict[str, Any]]:
        """The account's WebRTC users, in Ytel's order. Raises a YtelProblem."""
        pages = sorted(Walk(self._users_page, repr, self._users_habits), key=lambda page: page.start)
        return [entry for page in pages for entry in page.entries]

    def bring_in(self, conf_id: str, *, caller: str, to: str, mute: bool, no_speak_to: Sequence[str]) -> None:
        """Dials `to` from `caller`, the agent's number, into the conference; `no_speak_to` will not hear that member.

        Sent once. Raises OutcomeUnknown where it may have been done, else a YtelProblem: nothing was dialled.
        """
        body = {
            "from": caller,
            "to": to,
            "confId": conf_id,
            "mute": mute,
            "fullMember": False,
            "noSpeakToList": list(no_speak_to),
        }
        url = f"{self._settings.ytel_api_url}/conference/{quote(conf_id, safe='')}/participant"
        self._transport.send("POST", url, body)

    def disconnect(self, conf_id: str, member_id: str) -> bool:
        """Disconnects one member; False where Ytel knows no such member, as of one that is gone already.

        The route is inferred, and a setting; a wrong one is answered like a member that is gone.
        Sent once. Raises OutcomeUnknown where it may have been done, else a YtelProblem.
        """
        method, path = self._settings.ytel_hangup_route
        path = path.replace("{confId}", quote(conf_id, safe="")).replace("{memberId}", quote(member_id, safe=""))
        try:
            self._transport.send(method, self._settings.ytel_api_url + path)
        except NotThere:
            return False
        return True

    def _walk(self) -> Walk:
        return Walk(self._conferences_page, _conf_id, self._conferences_habits)

    def _conferences_page(self, query: Mapping[str, str]) -> Any:
        url = f"{self._settings.ytel_api_url}/conference"
        return self._transport.read(url, {"includeMembers": "true", **query}, loads_list)

    def _users_page(self, query: Mapping[str, str]) -> Any:
        return self._transport.read(self._settings.ytel_users_url, query)


def _conf_id(conference: Conference) -> str | None:
    return (conference.confId or None) if isinstance(conference.confId, str) else None
