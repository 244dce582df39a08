"""Settings: typed, checked once, one line for the first that is wrong."""

from dataclasses import asdict, fields

import pytest

from supervision.base import settings
from supervision.base.settings import (
    AuthSettings,
    BusSettings,
    ClientsSettings,
    DialSettings,
    FloorSettings,
    LooksSettings,
    NudgeSettings,
    PageSettings,
    RequestSettings,
    SettingError,
    TableSettings,
    WatchSettings,
    YtelSettings,
    load,
)

NEEDED = {
    "YTEL_TOKEN_SECRET": "ytel-token",
    "YTEL_SESSION_SECRET": "ytel-session",
    "TABLE_NAME": "table",
    "EVENT_BUS_NAME": "supervision",
    "API_CLIENTS_SECRET": "clients",
    "LOOKS_QUEUE_URL": "https://sqs.example/looks.fifo",
}
ALL = [
    AuthSettings,
    BusSettings,
    ClientsSettings,
    DialSettings,
    FloorSettings,
    LooksSettings,
    NudgeSettings,
    PageSettings,
    RequestSettings,
    TableSettings,
    WatchSettings,
    YtelSettings,
]


def test_the_defaults_are_the_documented_ones():
    assert asdict(load(YtelSettings, NEEDED)) == asdict(
        YtelSettings(
            ytel_api_url="https://api.ytel.com/api/v4",
            ytel_users_url="https://api.ytel.com/ams/v2/accounts/users/{accountId}/",
            ytel_token_secret="ytel-token",
            ytel_session_secret="ytel-session",
            ytel_hangup_route=("DELETE", "/conference/{confId}/participant/{memberId}"),
            ytel_timeout_seconds=5.0,
        )
    )
    assert asdict(load(RequestSettings, NEEDED)) == asdict(
        RequestSettings(api_clients_secret="clients", request_max_age_seconds=900.0, bus_sources="any")
    )
    assert asdict(load(FloorSettings, {})) == asdict(
        FloorSettings(
            calls_max_age_seconds=2.0, calls_max_stale_seconds=30.0, users_max_age_seconds=300.0, drop_exposed=True
        )
    )
    assert asdict(load(DialSettings, {})) == asdict(
        DialSettings(dial_regions=("US", "CA"), dials_per_minute=300, listen_mute=False)
    )
    assert asdict(load(WatchSettings, {})) == asdict(
        WatchSettings(long_call_seconds=1200.0, watch_interval_seconds=10.0)
    )
    assert load(TableSettings, NEEDED).audit_days == 400
    assert load(PageSettings, {}).embedded_by == ()
    assert load(AuthSettings, NEEDED).jwt_issuer == ""


@pytest.mark.parametrize("wanted", ALL)
def test_each_that_has_no_default_is_needed_and_an_empty_one_is_missing(wanted):
    for one in fields(wanted):
        name = one.name.upper()
        if name in NEEDED:
            for environ in (NEEDED | {name: " "}, {key: value for key, value in NEEDED.items() if key != name}):
                with pytest.raises(SettingError, match=f"^setting {name} is missing$"):
                    load(wanted, environ)


@pytest.mark.parametrize(
    ("wanted", "name", "raw", "value"),
    [
        (YtelSettings, "YTEL_API_URL", "http://127.0.0.1:3002/api/v4/", "http://127.0.0.1:3002/api/v4"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", " 2.5 ", 2.5),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "POST /x/{confId}/{memberId}", ("POST", "/x/{confId}/{memberId}")),
        (FloorSettings, "DROP_EXPOSED", "False", False),
        (DialSettings, "LISTEN_MUTE", "true", True),
        (DialSettings, "DIAL_REGIONS", "US, GB", ("US", "GB")),
        (TableSettings, "AUDIT_DAYS", "1", 1),
        (PageSettings, "EMBEDDED_BY", "none", ()),
        (PageSettings, "EMBEDDED_BY", "https://a.example http://b:8080", ("https://a.example", "http://b:8080")),
        (AuthSettings, "JWT_ISSUER", "https://id.example.com/", "https://id.example.com/"),
    ],
)
def test_what_is_set_is_read(wanted, name, raw, value):
    assert getattr(load(wanted, NEEDED | {name: raw}), name.lower()) == value


@pytest.mark.parametrize(
    ("wanted", "name", "raw"),
    [
        (YtelSettings, "YTEL_API_URL", "api.ytel.com"),
        (YtelSettings, "YTEL_API_URL", "ftp://api.ytel.com"),
        (YtelSettings, "YTEL_API_URL", "https://"),
        (YtelSettings, "YTEL_USERS_URL", "/users"),
        (YtelSettings, "YTEL_USERS_URL", "https://ytel.example.com/{account}/users"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", "0"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", "-1"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", "nan"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", "inf"),
        (YtelSettings, "YTEL_TIMEOUT_SECONDS", "five"),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "/conference/{confId}/participant/{memberId}"),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "GET /conference/{confId}/participant/{memberId}"),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "DELETE conference/{confId}/{memberId}"),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "DELETE /conference/{confId}"),
        (YtelSettings, "YTEL_HANGUP_ROUTE", "DELETE /participant/{memberId}"),
        (FloorSettings, "DROP_EXPOSED", "yes"),
        (DialSettings, "DIAL_REGIONS", "us"),
        (DialSettings, "DIAL_REGIONS", "US,,CA"),
        (DialSettings, "DIALS_PER_MINUTE", "0"),
        (DialSettings, "DIALS_PER_MINUTE", "1.5"),
        (DialSettings, "DIALS_PER_MINUTE", "²"),
        (PageSettings, "EMBEDDED_BY", "crm.example.com"),
        (PageSettings, "EMBEDDED_BY", "https://crm.example.com/page"),
        (AuthSettings, "JWT_ISSUER", "id.example.com"),
        (RequestSettings, "BUS_SOURCES", "some"),
    ],
)
def test_what_is_malformed_is_named_in_one_line(wanted, name, raw):
    with pytest.raises(SettingError) as error:
        load(wanted, NEEDED | {name: raw})
    assert str(error.value).startswith(f"setting {name} is malformed: ")
    assert "\n" not in str(error.value)


def test_every_class_of_settings_is_tested_here():
    classes = {one for one in vars(settings).values() if isinstance(one, type) and one.__name__.endswith("Settings")}
    assert classes == set(ALL)
