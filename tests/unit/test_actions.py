"""The table of actions, and what follows from it."""

import pytest

from supervision.api.openapi import actions as openapi_actions
from supervision.api.openapi import incoming, models
from supervision.rules.actions import ACTIONS, DIALLED, ON_BUS, PLANNED, in_words
from supervision.rules.scopes import READ, ROUTES, SCOPE_OF, SCOPES
from tests.harness import system
from tests.harness.simulation import system as simulated


def test_the_rows_are_the_contracts():
    assert DIALLED == ("listen", "whisper", "barge", "takeover")
    assert (*DIALLED, "hangup") == PLANNED
    assert (*PLANNED, "leave", "switch") == ON_BUS
    assert {f"calls:{name}" for name in ("read", *PLANNED, "follow", "help")} == SCOPES


def test_an_action_without_a_scope_of_its_own_is_opened_by_any_supervisions():
    for name in ("leave", "switch"):
        [route] = ACTIONS[name].routes
        assert ROUTES[route] == {SCOPE_OF[action] for action in DIALLED}


def test_every_row_has_its_route_and_reading_opens_no_action():
    for row in ACTIONS.values():
        assert row.routes
        assert all(READ not in ROUTES[route] for route in row.routes)


@pytest.mark.parametrize("action", DIALLED)
def test_what_describes_a_dial_is_its_row(action):
    described = openapi_actions.dial(action)
    assert described["summary"] == ACTIONS[action].summary
    assert described["description"].startswith(ACTIONS[action].description)


def test_the_enums_of_the_description_and_of_the_events_are_the_tables():
    def enum(model, name):
        schema = model.model_json_schema()
        assert schema["properties"]["action"] == {"$ref": f"#/$defs/{name}"}
        return tuple(schema["$defs"][name]["enum"])

    assert enum(models.Supervision, "Action") == DIALLED
    assert enum(models.Plan, "PlannedAction") == PLANNED
    assert enum(incoming.RequestDetail, "RequestedAction") == ON_BUS


def test_the_keys_of_a_local_run_and_of_the_simulation_have_every_scope():
    assert set(system.SCOPES) == set(simulated.SCOPES.split()) == SCOPES


def test_lists_are_said_as_a_sentence_has_them():
    assert in_words(["listen", "whisper", "barge"]) == "listen, whisper or barge"
    assert in_words(["listen"]) == "listen"
