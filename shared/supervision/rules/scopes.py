"""Which scope each action and each route takes: the authorizer's table, the doors', and the API description's. Pure."""

from supervision.rules.actions import ACTIONS, DIALLED

READ = "calls:read"
SCOPE_OF = {name: row.scope for name, row in ACTIONS.items() if row.scope is not None}
SCOPES = frozenset({READ, *SCOPE_OF.values()})

# An action without a scope takes that of its supervision, which its door reads from the record.
_ANY_DIALLED = frozenset(SCOPE_OF[name] for name in DIALLED)

# Any one of a route's scopes opens it; one without scopes opens to any valid key. One that is not here opens to nobody.
ROUTES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "GET /calls",
            "GET /calls/{confId}",
            "GET /calls/{confId}/plan",
            "GET /agents",
            "GET /follows",
            "GET /supervisions",
            "GET /supervisions/{id}",
        ),
        frozenset({READ}),
    ),
    "GET /me": frozenset(),
    **{
        route: frozenset({row.scope}) if row.scope is not None else _ANY_DIALLED
        for row in ACTIONS.values()
        for route in row.routes
    },
}


def opens(route: str, scopes: frozenset[str]) -> bool:
    """Whether a valid key with `scopes` opens `route`."""
    wanted = ROUTES.get(route)
    return wanted is not None and (not wanted or not wanted.isdisjoint(scopes))
