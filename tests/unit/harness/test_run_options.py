import json

import pytest

from tests.harness.options import OptionError, read


def test_without_variables_everything_has_its_default():
    options = read({})
    assert options.ports == {"PORT": 3000, "AWS_PORT": 3001, "YTEL_PORT": 3002}
    assert options.runtime == "source"


def test_an_empty_variable_is_none():
    assert read({"PORT": "", "RUNTIME": " ", "CALLS_MAX_AGE_SECONDS": ""}).ports["PORT"] == 3000


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "-1"}, "PORT"),
        ({"AWS_PORT": "65536"}, "AWS_PORT"),
        ({"YTEL_PORT": "3.5"}, "YTEL_PORT"),
        ({"RUNTIME": "docker"}, "RUNTIME"),
        ({"CALLS_MAX_AGE_SECONDS": "soon"}, "CALLS_MAX_AGE_SECONDS"),
        ({"DROP_EXPOSED": "maybe"}, "DROP_EXPOSED"),
        ({"DIAL_REGIONS": "usa"}, "DIAL_REGIONS"),
        ({"YTEL_HANGUP_ROUTE": "GET /x"}, "YTEL_HANGUP_ROUTE"),
        ({"YTEL_API_URL": "ytel", "YTEL_USERS_URL": "https://ytel.example/users"}, "YTEL_API_URL"),
        ({"API_CLIENTS": "{"}, "API_CLIENTS"),
        ({"API_CLIENTS": "[]"}, "API_CLIENTS"),
        ({"API_CLIENTS": '{"crm": "key"}'}, "API_CLIENTS"),
        (
            {"API_CLIENTS": '{"crm": {"key": "a-key-of-sixteen", "scopes": ["calls:eavesdrop"]}}'},
            "API_CLIENTS is malformed: crm",
        ),
        (
            {"API_CLIENTS": '{"crm": {"key": "fifteen-letters", "scopes": ["calls:read"]}}'},
            "malformed: crm: a key has fewer",
        ),
        ({"API_CLIENTS": '{"crm": {}, "crm": {}}'}, "malformed: crm: it is named twice"),
        ({"API_CLIENTS": '{"crm": {"scopes": ["calls:read"]}}'}, "API_CLIENTS is malformed: crm"),
    ],
)
def test_a_bad_variable_is_one_line_that_names_it(env, named):
    with pytest.raises(OptionError, match=named) as caught:
        read(env)
    assert "\n" not in str(caught.value)


def test_good_variables_are_passed_on():
    clients = json.dumps({"crm": {"key": "a-key-of-sixteen", "scopes": ["calls:read"]}})
    given = {"API_CLIENTS": clients, "YTEL_API_URL": "http://y/api", "YTEL_USERS_URL": "http://y/users", "PORT": "0"}
    options = read(given)
    assert given.items() <= options.env.items()
    assert options.ports["PORT"] == 0
