"""Following an agent: each new call once, as soon as it may be, one phone at a time; its ends; whatever dies."""

from contextlib import suppress
from typing import Any

import pytest

from supervision.actions.watcher import Watcher
from supervision.base import aws
from supervision.base.problems import (
    AgentNotFound,
    AlreadySupervising,
    FollowNotFound,
    Forbidden,
    InvalidRequest,
    NumberNotAllowed,
    TooManyDials,
)
from supervision.base.settings import WatchSettings
from supervision.rules.caller import Caller
from supervision.rules.request import Request
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import Reset, Status
from tests.integration.desk import CRM, OTHER_PHONE, PHONE, at_once
from tests.integration.looks_queue import looks_of

HOUR = 3600 * 1000
ENTRY = {"key": "k" * 20, "scopes": sorted(SCOPES)}


class Following:
    """A desk with an agent who is on no call, and watchers."""

    def __init__(self, desk):
        self.desk = desk
        desk.set_clients({"crm": ENTRY})
        self.agent = desk.floor.add_user("Ann", "Lee")
        desk.services.users.refresh()

    def watcher(self, services=None):
        services = services or self.desk.services
        settings = WatchSettings()
        return Watcher(
            services.gateway,
            services.floor,
            services.outbox,
            settings,
            2.0,
            services.patience,
            looks_of(services),
            follower=services.follower,
        )

    def ask(self, action="whisper", to=PHONE, caller=CRM, **more):
        request = Request(
            action="follow",
            caller=caller,
            correlation_id="correlation-1",
            client_id=more.pop("client_id", self.agent.client_id),
            to=to,
            to_action=action,
            **more,
        )
        return self.desk.services.follow_agents.begin(request)

    def withdraw(self, id_, caller=CRM):
        request = Request(action="follow", caller=caller, correlation_id="c", follow_id=id_, takes_back=True)
        return self.desk.services.follow_agents.withdraw(request)

    def call(self, **more):
        call = self.desk.floor.add_call(self.agent, **more)
        self.desk.move(1)
        return call

    def look(self, watcher=None):
        (watcher or self.watcher()).look("w")
        self.desk.move(3)

    @property
    def rung(self):
        return [dial.conf_id for dial in self.desk.floor.ringing()]

    @property
    def running(self):
        return [one["id"] for one in self.desk.services.follow_agents.running(CRM)["follows"]]

    def ended(self):
        return [(one.data["id"], one.data["how"]) for one in self.desk.told if one.type == "Follow Ended"]


@pytest.fixture
def following(desk):
    return Following(desk)


def test_the_next_call_is_dialled_for_and_that_is_all(following):
    desk = following.desk
    before = following.call()
    follow = following.ask()
    following.look()
    assert following.rung == []
    first = following.call()
    following.look()
    assert following.rung == [first]
    [made] = [one for one in desk.services.supervisions.open() if one.under_way]
    assert (made.follow, made.action, made.to, made.requestedBy) == (follow["id"], "whisper", PHONE, "crm")
    assert following.ended() == [(follow["id"], "calls")]
    assert following.running == []
    following.call()
    following.look()
    assert desk.dials() == 1
    assert before != first
    told = desk.of_type("Follow Started")
    assert told.data == follow
    assert desk.of_type("Follow Ended").data["supervisions"] == [made.id]


def test_a_call_that_was_on_hold_as_it_began_is_no_new_one(following):
    desk, held = following.desk, following.call()
    desk.floor.set_status(held, "on-hold")
    following.ask()
    following.look()
    desk.floor.set_status(held, "active")
    following.look()
    assert following.rung == []
    following.call()
    following.look()
    assert len(following.rung) == 1


def test_each_new_call_once_one_after_the_other(following):
    following.ask(calls=2)
    first, second = following.call(), following.call()
    for _ in range(3):
        following.look()
    assert following.rung == [first], "the phone rings for the other one"
    following.desk.floor.answer(first, PHONE)
    following.look()
    assert following.desk.dials() == 1, "it is in the other one"
    following.desk.floor.leave(first, following.desk.floor.supervisor(first, PHONE))
    following.look()
    assert following.rung == [second]
    assert following.desk.dials() == 2


def test_a_whisper_waits_until_there_is_somebody_to_keep_out(following):
    follow = following.ask()
    call = following.call(legs=("agent",))
    for _ in range(2):
        following.look()
    assert following.desk.dials() == 0
    following.desk.floor.join(call, "contact")
    following.look()
    assert following.rung == [call]
    assert following.ended() == [(follow["id"], "calls")]


def test_a_phone_that_is_in_a_call_by_hand_is_not_rung(following):
    desk = following.desk
    other = desk.call()
    desk.joined("listen", other)
    following.ask()
    following.call()
    following.look()
    assert desk.dials() == 1


def test_a_supervisor_who_is_an_agent_on_a_call_is_not_rung(following):
    desk = following.desk
    own = desk.floor.add_user("Bo", "Ng")
    desk.services.users.refresh()
    following.ask(to=own.number)
    desk.floor.add_call(own)
    following.call()
    following.look()
    assert desk.dials() == 0


# ---------------------------------------------------------------- its ends


def test_it_ends_at_its_time(following):
    now = following.desk.move()
    follow = following.ask(until=now + HOUR)
    following.desk.move(3601)
    following.call()
    following.look()
    assert following.ended() == [(follow["id"], "until")]
    assert following.desk.dials() == 0


def test_two_rings_running_that_nobody_answers_end_it(following):
    follow = following.ask(calls=9)
    for _ in range(2):
        following.call()
        following.look()
        following.desk.move(91)
        following.look()
        following.look()
    assert following.ended() == [(follow["id"], "not_answered")]
    assert following.desk.dials() == 2


def test_one_that_is_answered_in_between_lets_it_go_on(following):
    desk = following.desk
    following.ask(calls=9)
    for nth in range(3):
        call = following.call()
        following.look()
        if nth == 1:
            desk.floor.answer(call, PHONE)
            following.look()
            desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
        else:
            desk.move(91)
        following.look()
    assert following.ended() == []
    assert desk.dials() == 3


def test_withdrawn_it_dials_no_more_and_what_runs_goes_on(following):
    desk = following.desk
    follow = following.ask(calls=5)
    call = following.call()
    following.look()
    desk.floor.answer(call, PHONE)
    ended = following.withdraw(follow["id"])
    assert (ended["how"], ended["endedBy"], ended["endedAt"] is None) == ("withdrawn", "crm", False)
    following.call()
    following.look()
    assert desk.dials() == 1
    assert desk.floor.is_in(call, PHONE)
    with pytest.raises(FollowNotFound):
        following.withdraw(follow["id"])


@pytest.mark.parametrize("entries", [{}, {"crm": {**ENTRY, "scopes": ["calls:follow"]}}], ids=["gone", "scope"])
def test_a_client_that_may_not_do_it_any_more_dials_no_more(following, entries):
    follow = following.ask()
    following.desk.set_clients(entries)
    following.call()
    following.look(following.watcher(following.desk.function()))
    assert following.ended() == [(follow["id"], "forbidden")]
    assert following.desk.dials() == 0


# ---------------------------------------------------------------- refused


def test_who_and_what_cannot_be_followed(following):
    now = following.desk.move()
    bound = Caller("crm", SCOPES, agents=frozenset({"another"}))
    for problem, more in (
        (AgentNotFound, {"client_id": "nobody"}),
        (AgentNotFound, {"caller": bound}),
        (Forbidden, {"caller": Caller("crm", frozenset({"calls:follow"}))}),
        (NumberNotAllowed, {"to": "911"}),
        (NumberNotAllowed, {"to": following.agent.number}),
        (NumberNotAllowed, {"caller": Caller("crm", SCOPES, phones=frozenset({OTHER_PHONE}))}),
        (InvalidRequest, {"action": "hangup"}),
        (InvalidRequest, {"until": now}),
        (InvalidRequest, {"until": now + 24 * HOUR + 10_000}),
        (InvalidRequest, {"client_id": None}),
    ):
        with pytest.raises(problem):
            following.ask(**more)
    assert following.running == []


def test_the_same_asked_again_is_the_same_and_another_of_the_phone_is_refused(following):
    follow = following.ask()
    assert following.ask() == follow
    with pytest.raises(AlreadySupervising) as refused:
        following.ask("listen")
    assert refused.value.extra == {"followId": follow["id"]}
    assert following.ask(to=OTHER_PHONE)["id"] != follow["id"]


def test_it_counts_as_a_dial(make_desk):
    following = Following(make_desk(dials_per_minute=1))
    following.ask()
    with pytest.raises(TooManyDials):
        following.ask(to=OTHER_PHONE)


def test_others_follows_are_not_there_for_who_is_bound(following):
    follow = following.ask()
    bound = Caller("crm", SCOPES, agents=frozenset({"another"}))
    assert following.desk.services.follow_agents.running(bound) == {"follows": [], "count": 0}
    with pytest.raises(FollowNotFound):
        following.withdraw(follow["id"], bound)


# ---------------------------------------------------------------- whatever dies


def test_a_dial_that_ytel_refuses_is_made_again_and_does_not_count(following):
    following.desk.ytel.faults.add("POST", "/participant$", Status(429))
    follow = following.ask()
    call = following.call()
    following.look()
    assert following.rung == []
    following.look()
    assert following.rung == [call]
    assert following.ended() == [(follow["id"], "calls")]


def test_a_dial_whose_answer_is_lost_is_not_made_again(following):
    following.desk.ytel.faults.add("POST", "/participant$", Reset(processed=True))
    following.ask(calls=5)
    call = following.call()
    for _ in range(3):
        following.look()
    assert following.rung == [call]
    assert following.desk.dials() == 1


def test_many_watchers_at_once_dial_once(following):
    following.ask(calls=5)
    calls = [following.call(), following.call()]
    watchers = [following.watcher(following.desk.function()) for _ in range(4)]
    at_once(lambda n: watchers[n].look("w"), 4)
    assert following.desk.dials() == 1
    assert set(following.rung) < set(calls)


class Killed(BaseException):
    """The function dies."""


@pytest.mark.parametrize("nth", range(1, 14))
def test_a_watcher_that_dies_anywhere_dials_once_a_call_at_most(following, nth, monkeypatch):
    desk = following.desk
    following.ask(calls=2)
    for _ in range(2):
        following.call()
    desk.services.floor.refresh()
    held = desk.services.floor.held()
    [follow] = desk.services.follows.running()
    dynamodb: Any = aws.client("dynamodb")
    writes = {"left": nth}

    def dying(write):
        def one(**request):
            answer = write(**request)
            writes["left"] -= 1
            if writes["left"] <= 0:
                raise Killed
            return answer

        return one

    with monkeypatch.context() as patched, suppress(Killed):
        for name in ("transact_write_items", "put_item", "delete_item", "update_item"):
            patched.setattr(dynamodb, name, dying(getattr(dynamodb, name)))
        desk.services.follower._of_phone("12125550142", [follow], held)
    for _ in range(3):
        desk.move(40)
        following.look()
    made = [dial for dial in desk.ytel.requests if dial.method == "POST" and dial.path.endswith("/participant")]
    assert len({dial.path for dial in made}) == len(made) <= 2
