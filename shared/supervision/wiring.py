"""The one place that builds the services; a door names its settings and takes the services it needs.

They are built on first use, and so are the imports of what only some doors need.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from supervision.base import aws
from supervision.base.settings import (
    BusSettings,
    DialSettings,
    FloorSettings,
    NudgeSettings,
    RequestSettings,
    TableSettings,
    YtelSettings,
    settings_class,
)
from supervision.floor.floor import Floor, Upstream
from supervision.floor.users import Users
from supervision.table.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supervision.actions.call_reader import CallReader
    from supervision.actions.confirming import Confirming
    from supervision.actions.dial import Dial
    from supervision.actions.follow import FollowAgents
    from supervision.actions.follower import Follower
    from supervision.actions.guard import Guard
    from supervision.actions.hang_up import HangUp
    from supervision.actions.help import CallForHelp
    from supervision.actions.leave import Leave
    from supervision.actions.switch import Switch
    from supervision.floor.contacts import Contacts
    from supervision.rules.calls import Call
    from supervision.rules.lifecycle import Patience
    from supervision.table.clients import KnownClients
    from supervision.table.follows import Follows
    from supervision.table.helps import Helps
    from supervision.table.outbox import Outbox
    from supervision.table.rate_limit import Reads
    from supervision.table.repository import Supervisions
    from supervision.table.requests import Requests
    from supervision.ytel.client import Ytel


@settings_class
class ServiceSettings(
    TableSettings, BusSettings, YtelSettings, FloorSettings, DialSettings, RequestSettings, NudgeSettings
):
    """What every function but the authorizer and the page needs: reading the floor, and acting on its calls."""


class Services:
    """What one function's environment works with."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        # Whatever is asked first needs it; made now, it costs an environment's start and nobody's request.
        aws.client("dynamodb")

    @cached_property
    def gateway(self) -> Gateway:
        """The table."""
        return Gateway(self.settings.table_name)

    @cached_property
    def ytel(self) -> "Ytel":
        """Ytel's API."""
        from supervision.table.secret import Secret
        from supervision.ytel.client import Ytel
        from supervision.ytel.tokens import Token

        token = Token(
            Secret(self.settings.ytel_token_secret),
            api_url=self.settings.ytel_api_url,
            table=self.settings.table_name,
            session_secret=self.settings.ytel_session_secret,
            timeout=self.settings.ytel_timeout_seconds,
        )
        return Ytel(self.settings, token)

    @cached_property
    def users(self) -> Users:
        """The account's WebRTC users."""
        return Users(self.settings.table_name, lambda: self.ytel, self.settings.users_max_age_seconds)

    @cached_property
    def contacts(self) -> "Contacts | None":
        """The customers' names, where they are shown."""
        if not self.settings.contacts:
            return None
        from supervision.floor.contacts import Contacts

        return Contacts(self.gateway, lambda: self.ytel)

    @cached_property
    def floor(self) -> Floor:
        """The list of active calls."""
        return Floor(
            self.settings.table_name,
            self.users,
            lambda: Upstream(self.ytel, self.guard, self.helps.standing, self.told_of_changes),
            max_age_seconds=self.settings.calls_max_age_seconds,
            max_stale_seconds=self.settings.calls_max_stale_seconds,
            contacts=self.contacts,
        )

    @property
    def told_of_changes(self) -> "Callable[[Sequence[Call], int], None] | None":
        """Who tells the watcher of calls that follows wait for, where this function does."""
        if not self.settings.follow_queue_url:
            return None
        from supervision.actions.nudge import Nudge

        return Nudge(lambda: self.follows, self.settings.follow_queue_url).changed

    @cached_property
    def outbox(self) -> "Outbox":
        """The way to the bus."""
        from supervision.table.outbox import Outbox

        return Outbox(self.gateway, self.settings.event_bus_name)

    @cached_property
    def helps(self) -> "Helps":
        """The agents' calls for a supervisor."""
        from supervision.table.helps import Helps

        return Helps(self.gateway)

    @cached_property
    def call_for_help(self) -> "CallForHelp":
        """Has them stand."""
        from supervision.actions.help import CallForHelp

        return CallForHelp(self.reader, self.helps, self.outbox, self.floor)

    @cached_property
    def supervisions(self) -> "Supervisions":
        """The records."""
        from supervision.table.repository import Supervisions

        return Supervisions(self.gateway, self.settings.audit_days, self.outbox)

    @cached_property
    def clients(self) -> "KnownClients":
        """Who may ask."""
        from supervision.table.clients import KnownClients

        return KnownClients(self.settings.api_clients_secret)

    @cached_property
    def requests(self) -> "Requests":
        """The requests that have a name."""
        from supervision.table.requests import Requests

        return Requests(self.gateway)

    @cached_property
    def guard(self) -> "Guard":
        """What looks after the supervisions under way."""
        from supervision.actions.guard import Guard

        return Guard(self.supervisions, self.ytel, self.settings.drop_exposed, self.patience)

    @property
    def patience(self) -> "Patience":
        """How long Ytel is given."""
        from supervision.rules.lifecycle import Patience

        return Patience(
            ring=int(self.settings.ring_seconds * 1000),
            late=int(self.settings.late_seconds * 1000),
            apart=int(self.settings.calls_max_age_seconds * 1000),
        )

    @cached_property
    def confirming(self) -> "Confirming":
        """How long is looked whether what was asked has happened."""
        from supervision.actions.confirming import Confirming

        return Confirming(self.settings.confirm_seconds, self.patience)

    @cached_property
    def reader(self) -> "CallReader":
        """Calls as they are now."""
        from supervision.actions.call_reader import CallReader

        return CallReader(self.ytel, self.users, self.guard, self.reads)

    @cached_property
    def reads(self) -> "Reads":
        """The readings of single calls, counted by client."""
        from supervision.table.rate_limit import Reads

        return Reads(self.gateway, self.settings.reads_per_minute)

    @cached_property
    def hang_up(self) -> "HangUp":
        """Ends calls."""
        from supervision.actions.hang_up import HangUp

        return HangUp(self.reader, self.outbox, self.floor, self.confirming)

    @cached_property
    def leave(self) -> "Leave":
        """Ends supervisions."""
        from supervision.actions.leave import Leave

        return Leave(self.reader, self.supervisions, self.floor)

    @cached_property
    def switch(self) -> "Switch":
        """Changes what supervisions do."""
        from supervision.actions.switch import Switch

        return Switch(self.dial, self.confirming)

    @cached_property
    def follows(self) -> "Follows":
        """The follows that run."""
        from supervision.table.follows import Follows

        return Follows(self.gateway, self.outbox)

    @cached_property
    def follow_agents(self) -> "FollowAgents":
        """Begins and ends follows."""
        from supervision.actions.follow import FollowAgents

        return FollowAgents(self.dial, self.users, self.follows)

    @cached_property
    def follower(self) -> "Follower":
        """Dials for them."""
        from supervision.actions.follower import Follower

        return Follower(self.gateway, self.follows, self.dial, self.requests, lambda: self.clients.current())

    @cached_property
    def dial(self) -> "Dial":
        """Asks supervisors' phones into calls."""
        from supervision.actions.dial import Dial

        return Dial(self.reader, self.supervisions, self.floor, self.settings)
