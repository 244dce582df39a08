"""The layer put together as a function puts it together, on a Ytel and an AWS of the tests' own."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

from supervision.actions.dial import Dial
from supervision.base import aws, clock
from supervision.base.problems import Problem
from supervision.rules.caller import Caller
from supervision.rules.phone_numbers import PhoneNumber
from supervision.rules.request import Request
from supervision.rules.scopes import SCOPES
from supervision.rules.supervision import Supervision
from supervision.table.kept_event import ENTRIES
from supervision.table.repository import OPEN
from supervision.wiring import Services, ServiceSettings
from tests.harness.fake_ytel import FakeYtel
from tests.integration.ytel_clients import Tokens, client

PHONE, OTHER_PHONE = PhoneNumber("+12125550142"), PhoneNumber("+12125550143")
CRM = Caller("crm", SCOPES)
BUS = "supervision"


class Told(NamedTuple):
    """An event that was put on the bus."""

    type: str
    data: dict[str, Any]
    metadata: dict[str, Any]


class Desk:
    """One function's services, and what tests ask of them. `move` puts the time on, in seconds."""

    def __init__(self, table: str, ytel: FakeYtel, move: Callable[..., int], **settings: Any) -> None:
        self.table, self.ytel, self.floor, self.move = table, ytel, ytel.floor, move
        self.told: list[Told] = []
        self.set_clients({})
        self.settings = ServiceSettings(
            table_name=table,
            event_bus_name=BUS,
            ytel_api_url=ytel.api_url,
            ytel_users_url=ytel.users_url_template,
            ytel_token_secret="unused",
            ytel_session_secret="ytel-session",
            api_clients_secret="clients",
            **{"ytel_timeout_seconds": 3.0, **settings},
        )
        self.services = self.function()

    def set_clients(self, entries: Mapping[str, Any]) -> None:
        """Who is in the clients' secret."""
        vault, text = aws.client("secretsmanager"), json.dumps(entries)
        try:
            vault.create_secret(Name="clients", SecretString=text)
        except vault.exceptions.ResourceExistsException:
            vault.put_secret_value(SecretId="clients", SecretString=text)

    def function(self) -> Services:
        """The services of one more function environment."""
        services = Services(self.settings)
        # With the token at hand, and without waits.
        vars(services)["ytel"] = client(
            self.ytel.api_url,
            self.ytel.users_url_template,
            tokens=Tokens(self.ytel.token),
            timeout=self.settings.ytel_timeout_seconds,
            conference_route=self.settings.ytel_conference_route,
        )
        # Looking again waits for the tests' own clock.
        vars(services)["confirming"] = replace(services.confirming, sleep=self.move, now=lambda: clock.now_ms() / 1000)
        return services

    @property
    def dialler(self) -> Dial:
        return self.services.dial

    def call(self, **shape: Any) -> str:
        """A new call, whose agent is known; a moment later."""
        call = self.floor.add_call(**shape)
        self.move(1)
        self.services.users.refresh()
        return call

    def asked(self, action: str, call: str, to: str = PHONE, caller: Caller = CRM) -> Request:
        return Request(action=action, caller=caller, correlation_id="correlation-1", conf_id=call, to=to)

    def dial(self, action: str, call: str, to: str = PHONE, caller: Caller = CRM) -> Supervision:
        """Dialled, and a moment later."""
        supervision = self.dialler.dial(self.asked(action, call, to, caller))
        self.move(1)
        return supervision

    def joined(self, action: str, call: str, to: str = PHONE) -> Supervision:
        """Dialled, answered, and seen."""
        supervision = self.dial(action, call, to)
        self.floor.answer(call, to)
        self.look()
        return self.record(supervision)

    def look(self) -> dict[str, Any]:
        """A fresh reading of the floor; a moment later."""
        looked = self.services.guard.look(self.services.ytel.conferences(), self.services.users.by_id())
        looked.settle()
        self.move(1)
        return {call: list(supervisors) for call, supervisors in looked.supervisors.items()}

    def over(self) -> None:
        """Two readings of the floor, as far apart as it takes to believe that a call is over."""
        self.look()
        self.move(2)
        self.look()

    def record(self, supervision: Supervision) -> Supervision:
        """As it is on record."""
        found = self.services.supervisions.get(supervision.id)
        assert found is not None
        return found

    def open(self) -> list[str]:
        """Ids of those under way."""
        return [one.id for one in self.services.supervisions.open() if one.under_way]

    def items(self, pk: str = OPEN) -> list[dict[str, Any]]:
        """What the table holds under a key."""
        found = aws.client("dynamodb").query(
            TableName=self.table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": pk}}
        )
        return found["Items"]

    def everything(self) -> list[dict[str, Any]]:
        """All that the table holds."""
        return aws.client("dynamodb").scan(TableName=self.table)["Items"]

    def dials(self) -> int:
        """How many dials were sent to Ytel."""
        return self.ytel.requests.count("POST", "/participant$")

    def types(self) -> list[str]:
        """The types of the events that were told."""
        return [one.type for one in self.told]

    def of_type(self, type_: str) -> Told:
        """The one event of a type."""
        [event] = [one for one in self.told if one.type == type_]
        return event


def listen_in(desk: Desk, monkeypatch: Any) -> None:
    """Notes in `desk.told` what the bus takes."""
    aws.client("events").create_event_bus(Name=BUS)
    put = aws.client("events").put_events

    def noted(*, Entries: Any) -> Any:  # noqa: N803 - the API's own name
        assert len(Entries) <= ENTRIES
        answer = put(Entries=Entries)
        for entry, result in zip(Entries, answer["Entries"], strict=True):
            assert (entry["Source"], entry["EventBusName"]) == ("ytel.supervision", BUS)
            if "EventId" in result:
                detail = json.loads(entry["Detail"])
                assert set(detail) == {"metadata", "data"}
                assert set(detail["metadata"]) == {"version", "id", "at", "correlationId", "requestedBy"}
                desk.told.append(Told(entry["DetailType"], detail["data"], detail["metadata"]))
        return answer

    monkeypatch.setattr(aws.client("events"), "put_events", noted)


def at_once[T](work: Callable[[int], T], times: int) -> list[T | Problem]:
    """What comes of doing it `times` at the same moment; problems among it."""

    def tried(number: int) -> T | Problem:
        try:
            return work(number)
        except Problem as problem:
            return problem

    aws.client("dynamodb")
    aws.client("events")
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(tried, range(times)))
