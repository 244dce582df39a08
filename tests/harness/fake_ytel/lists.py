"""What is read from Ytel: its lists, and one entry of them."""

from collections.abc import Callable
from typing import Any

from tests.harness.fake_ytel.calls import Call, Style
from tests.harness.fake_ytel.contacts import contact, matches
from tests.harness.fake_ytel.envelope import Answer, Refused, listing, payload, texts
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.paging import Page, Paging, QueryError
from tests.harness.fake_ytel.requests_log import Request
from tests.harness.fake_ytel.users import User

SEARCH_FIELDS = {"from", "size", "statements"}

# {"name": "call ended", "enabled": true, "httpMethod": "POST", "contentType": "application/json", …}
CALLBACK = {
    "name": "call ended",
    "enabled": True,
    "httpMethod": "POST",
    "contentType": "application/json",
    "eventType": "CALL_ENDED",
    "headers": {},
    "url": "https://crm.example.com/callbacks",
    "retryCount": 3,
}


class Lists:
    """The readings, each as the knobs of its list have it."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._knobs = floor.knobs

    def conferences(self, request: Request) -> Answer:
        query = dict(request.query)
        if query.pop("includeMembers", None) != "true":
            raise Refused(400, "the query is not the documented one: includeMembers=true is missing", complaint=True)
        page = self._cut(self._knobs.conferences, self._floor.listed_calls(), query, lambda call: call.conf_id)
        with self._floor.turn():
            style = self._style
            return _listing(page, self._knobs.conferences, "conferences", [call.listed(style) for call in page.items])

    def conference(self, request: Request, conf_id: str) -> Answer:
        """One conference, where the account has that request."""
        by_id = self._knobs.calls.one_by_id
        if by_id == "404" or not self._floor.is_active(conf_id):
            raise Refused(404, "Conference not found")
        text = self._floor.call(conf_id).listed(self._style)
        return Answer(200, text.encode()) if by_id == "object" else listing(Page([text], 1, 1), by_id, "conferences")

    def users(self, request: Request, account_id: str | None = None) -> Answer:
        """The WebRTC users, of this account alone where one is named."""
        if account_id is not None and account_id not in self._accounts():
            raise Refused(404, "Account not found")
        knobs = self._knobs.users

        def wire(user: User) -> Any:
            return user.wire(whole=knobs.fields == "all", ids=knobs.client_ids, numbers=knobs.numbers)

        page = self._cut(knobs, self._floor.users, dict(request.query), lambda user: user.client_id)
        return _listing(page, knobs, "users", texts(map(wire, page.items), knobs.encoding), knobs.encoding)

    def contacts(self, request: Request) -> Answer:
        knobs = self._knobs.contacts
        page = self._cut(knobs, self._all_contacts(), dict(request.query), lambda one: str(one["contactId"]))
        return _listing(page, knobs, "contacts", texts(page.items, knobs.encoding), knobs.encoding)

    def contact(self, request: Request, contact_id: str) -> Answer:
        """One contact, by its id."""
        knobs = self._knobs.contacts
        calls = self._floor.every_call()
        found = next((call for call in calls if call.details.get("contact_id") == contact_id), None)
        if knobs.by_id == "404" or found is None:
            raise Refused(404, "Contact not found")
        [text] = texts([contact_of(found)], knobs.encoding)
        if knobs.by_id == "object":
            return Answer(200, text.encode(_codec(knobs.encoding), "replace"))
        return listing(Page([text], 1, 1), knobs.by_id, "contacts", _codec(knobs.encoding))

    def search_contacts(self, body: Any) -> Answer:
        """The contacts that a search states, from the `from`-th on."""
        if not isinstance(body, dict) or body.keys() - SEARCH_FIELDS:
            raise Refused(400, "a search has the fields from, size and statements", complaint=True)
        found = [one for one in self._all_contacts() if matches(one, body.get("statements"))]
        start, size = int(body.get("from") or 0), int(body.get("size") or self._knobs.contacts.size)
        knobs = self._knobs.contacts
        page = Page(texts(found[start : start + size], knobs.encoding), len(found), start // size + 1)
        return listing(page, "envelope", "contacts", _codec(knobs.encoding))

    def callbacks(self, request: Request) -> Answer:
        return payload(CALLBACK)

    @property
    def _style(self) -> Style:
        calls = self._knobs.calls
        return Style(calls.created_in, calls.client_ids, self._knobs.legs.numbers)

    def _accounts(self) -> set[str]:
        return {self._floor.account, *(str(call.wire().get("accountSid")) for call in self._floor.active_calls())}

    def _all_contacts(self) -> list[dict[str, Any]]:
        return [one for call in self._floor.every_call() if (one := contact_of(call))]

    def _cut[Item](
        self, knobs: Paging, items: list[Item], query: dict[str, str], key: Callable[[Item], str]
    ) -> Page[Item]:
        try:
            return knobs.cut(items, query, self._floor.dice, key)
        except QueryError as wrong:
            raise Refused(400, str(wrong), complaint=True) from None


def contact_of(call: Call) -> dict[str, Any] | None:
    """The contact of a call, whom its `contact_id` names."""
    contact_id = call.details.get("contact_id")
    if not isinstance(contact_id, str):
        return None
    ends = [call.details.get("caller_number"), call.details.get("called_number")]
    agents = {leg.number for leg in call.of_role("agent")}
    number = next((str(end) for end in ends if end and end not in agents), "")
    return contact(contact_id, call.account, number, call.created)


def _listing(page: Page[Any], knobs: Paging, name: str, items: list[str], encoding: str = "ascii") -> Answer:
    told = Page(items, page.count, page.number, page.next_key, page.has_keys)
    return listing(told, knobs.shape, name, _codec(encoding))


def _codec(encoding: str) -> str:
    return "utf-8" if encoding == "ascii" else encoding
