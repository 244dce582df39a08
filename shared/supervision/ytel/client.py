"""What this product asks of Ytel: six kinds of requests and no others."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Raw

from supervision.base import clock
from supervision.base.fast_json import loads
from supervision.base.problems import YtelInvalid, YtelRejected, YtelUnavailable
from supervision.base.settings import YtelSettings
from supervision.rules.conferences import Conference, loads_list, of_plain, read_rows
from supervision.rules.contacts import Contact, read_contact
from supervision.rules.fresh import FreshConference
from supervision.rules.held_conferences import HeldConferences
from supervision.rules.ids import same_id
from supervision.rules.phone_numbers import PhoneNumber
from supervision.ytel.answers import NotThere
from supervision.ytel.claims import claims_of
from supervision.ytel.list_page import is_object, one_of
from supervision.ytel.lists import Habits, Walk
from supervision.ytel.one import object_of
from supervision.ytel.readings import ConferenceList, Dialled, UserList

ACCOUNT = "{accountId}"
# Whatever is on the way resolves these, however they are escaped.
NO_SEGMENTS = (".", "..")

type ReadRows = Callable[[Sequence[Raw]], list[Any]]

if TYPE_CHECKING:
    from supervision.ytel.transport import Bearer, Transport


class Ytel:
    """The API of one Ytel account."""

    def __init__(self, settings: YtelSettings, bearer: "Bearer") -> None:
        self._settings = settings
        self._bearer = bearer
        self._accounts_of: list[Conference] = []  # a few of those last read, which name the account
        self._held = HeldConferences()
        self._conferences_habits = Habits()
        self._users_habits = Habits(look_every_ms=900_000)

    @cached_property
    def _transport(self) -> "Transport":
        # Imported on first use: a function whose answers are held asks Ytel for nothing, and starts without it.
        from supervision.ytel.transport import Transport

        return Transport(self._bearer, self._settings.ytel_timeout_seconds)

    def conferences(self) -> ConferenceList:
        """Every conference, with its members. Raises a YtelProblem.

        One whose bytes are what they were is the very Conference of the list before.
        """
        reading = self._held.reading()
        read = self._read_list(reading.rows)
        reading.keep()
        return read

    def _read_list(self, rows: ReadRows) -> ConferenceList:
        read_at = clock.now_ms()
        found: dict[Hashable, Conference] = {}
        nameless: list[int] = []
        walk = self._walk(rows)
        for page in walk:
            found.update(zip(page.names, page.rows, strict=True))
            if None in page.names:
                nameless += [place for place, conf_id in enumerate(page.names, page.start) if conf_id is None]
        found.pop(None, None)
        self._accounts_of = [*islice(found.values(), 5)]
        return ConferenceList(list(found.values()), walk.absence, read_at, tuple(nameless), walk.several)

    def conference(self, conf_id: str) -> FreshConference | None:
        """The conference as it is now, whatever its status, or None where it is not listed. Raises a YtelProblem.

        Ytel documents no request for one conference: unless the settings name one, its list is walked until it is
        found. A conference can slip from one page to another meanwhile, so one that is not found is looked for twice,
        unless the first walk proves that it is not there. An id that no path can hold is nobody's: it would lead to
        another resource.
        """
        if conf_id in NO_SEGMENTS:
            return None
        if self._settings.ytel_conference_route and (one := self._one_conference(conf_id)):
            return one
        for _ in range(2):
            read_at = clock.now_ms()
            walk = self._walk()
            for page in walk:
                for entry in page.entries:
                    if same_id(_conf_id(entry) or "", conf_id):
                        return FreshConference(entry.confId, entry, read_at)
            if not walk.several and walk.absence.complete:
                break
        return None

    def those(self, is_wanted: Callable[[Conference], bool]) -> list[FreshConference]:
        """The conferences that are wanted, whatever their status, each fresh for this request. Raises a YtelProblem.

        Where there is none, the list is walked once more, unless the first walk proves that there is none.
        """
        found: list[FreshConference] = []
        for _ in range(2):
            read = self._read_list(read_rows)
            wanted = [one for one in read.conferences if is_wanted(one)]
            found = [FreshConference(one.confId, one, read.read_at) for one in wanted]
            if found or (read.complete and not read.several):
                break
        return found

    def users(self) -> UserList:
        """The account's WebRTC users. Raises a YtelProblem."""
        walk = Walk(self._users_page, lambda rows: [repr(row) for row in rows if is_object(row)], self._users_habits)
        pages = sorted(walk, key=lambda page: page.start)
        return UserList([row for page in pages for row in page.rows], walk.absence.complete)

    def contact(self, contact_id: str) -> Contact | None:
        """A contact of the account's, None where Ytel knows none. Asked once. Raises a YtelProblem."""
        if contact_id in NO_SEGMENTS:
            return None
        url = self._url(self._settings.ytel_contact_route, contactId=contact_id)
        try:
            entry = object_of(self._transport.read_once(url), "contactId", contact_id)
        except NotThere:
            return None
        if entry is None:
            raise YtelInvalid("Ytel's answer is about another contact, or about none.")
        return read_contact(entry)

    def bring_in(
        self, conf_id: str, *, caller: str, to: PhoneNumber, mute: bool, no_speak_to: Sequence[str]
    ) -> Dialled:
        """Dials `to` from `caller`, the agent's number, into the conference; `no_speak_to` will not hear that member.

        Gives the `callSid` of the leg that will join, where Ytel's answer has one. Sent once.
        Raises OutcomeUnknown where it may have been done, else a YtelProblem: nothing was dialled.
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
        answer = one_of(self._transport.send("POST", url, body)) or {}
        call_sid = answer.get("callSid")
        return Dialled(call_sid if isinstance(call_sid, str) and call_sid else None)

    def disconnect(self, conf_id: str, member_id: str) -> bool:
        """Disconnects one member; False where Ytel knows no such member, as of one that is gone already.

        Nothing is sent for an id that no path can hold: False.
        The route is inferred, and a setting; a wrong one is answered like a member that is gone.
        Sent once. Raises OutcomeUnknown where it may have been done, else a YtelProblem.
        """
        if conf_id in NO_SEGMENTS or member_id in NO_SEGMENTS:
            return False
        route = self._settings.ytel_hangup_route
        try:
            self._transport.send(route[0], self._url(route, confId=conf_id, memberId=member_id))
        except NotThere:
            return False
        return True

    def _one_conference(self, conf_id: str) -> FreshConference | None:
        """The conference by the request for one; None where that does not give it with its members.

        The request is inferred, so what it does not give is not known to be over.
        """
        read_at = clock.now_ms()
        url = self._url(self._settings.ytel_conference_route, confId=conf_id)
        try:
            entry = object_of(self._transport.read(url, {"includeMembers": "true"}), "confId", conf_id)
        except (YtelRejected, YtelInvalid):
            return None
        if entry is None or "memberData" not in entry:
            return None
        return FreshConference(entry["confId"], of_plain(entry), read_at)

    def _url(self, route: tuple[str, str] | None, **ids: str) -> str:
        _, path = route or ("", "")
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return self._settings.ytel_api_url + path

    def _walk(self, rows: ReadRows = read_rows) -> Walk:
        """The list of conferences, of which each page is read by `rows`."""
        url = f"{self._settings.ytel_api_url}/conference"
        parse = partial(loads_list, rows=rows)

        def page(query: Mapping[str, str]) -> Any:
            return self._transport.read(url, {"includeMembers": "true", **query}, parse)

        return Walk(page, _conf_ids, self._conferences_habits)

    def _users_page(self, query: Mapping[str, str]) -> Any:
        url = self._settings.ytel_users_url
        if ACCOUNT in url:
            url = url.replace(ACCOUNT, quote(self._account(), safe=""))
        return self._transport.read(url, query)

    def _account(self) -> str:
        """The account's id, by the token, else by its conferences. Raises YtelUnavailable where neither says."""
        claimed = claims_of(self._bearer.bearer()).get("acct")
        if isinstance(claimed, str | int) and not isinstance(claimed, bool) and claimed:
            return str(claimed)
        accounts = Counter(
            account
            for one in (self._accounts_of or self.conferences().conferences)
            if isinstance(account := loads(one.line()).get("accountSid"), str) and account
        )
        if not accounts:
            raise YtelUnavailable("The account's id is not known: neither the token nor a conference names it.")
        return accounts.most_common(1)[0][0]


def _conf_id(row: Any) -> str | None:
    conf_id = row.confId if isinstance(row, Conference) else None
    return (conf_id or None) if isinstance(conf_id, str) else None


def _conf_ids(rows: Sequence[Any]) -> Sequence[str | None]:
    """The id of each row, None for one that has none: at once where each row is a conference that has one."""
    try:
        ids = [*map(_as_given, rows)]
    except AttributeError:
        ids = [None]
    return ids if {*map(type, ids)} <= {str} and all(ids) else [*map(_conf_id, rows)]


_as_given = attrgetter("confId")
