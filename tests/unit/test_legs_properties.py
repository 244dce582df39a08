"""Which leg is whose, at random: against the article's rule stated another way, and with anything in every place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from supervision.rules.conferences import of_plain
from supervision.rules.legs import read_legs
from supervision.rules.phone_numbers import same
from tests.unit.examples import examples
from tests.unit.strategies import (
    AGENT,
    anything,
    listed_conferences,
    member_ids,
    supervisors_of,
    two_legs,
)


def object_keys(document):
    """What JavaScript's Object.keys gives: array indexes by value, then the other keys as they came."""
    indexes = [key for key in document if key in {str(number) for number in _number(key)} and int(key) < 2**32 - 1]
    return sorted(indexes, key=int) + [key for key in document if key not in indexes]


def _number(key):
    try:
        return [int(key)] if int(key) >= 0 else []
    except ValueError:
        return []


def article(conference, agent_number):
    """The article: agent's and contact's member id of a call of two legs."""
    data = conference["memberData"]
    *_, b, a = object_keys(data)
    if json.loads(data[a])["channelName"] == agent_number:
        return a, b
    return b, a


@examples(3000)
@given(two_legs())
def test_two_legs_map_exactly_as_the_article_has_it(conference):
    legs = read_legs(of_plain(conference), AGENT)
    assert (legs.agent, legs.contact) == article(conference, AGENT.webrtcNumber)
    assert legs.others == ()
    shown = [json.loads(document)["channelName"] for document in conference["memberData"].values()]
    assert legs.match == ("channelName" if shown.count(AGENT.webrtcNumber) == 1 else "elimination")


@given(st.dictionaries(member_ids, st.just("{}"), max_size=12))
def test_members_stand_in_javascripts_order(data):
    legs = read_legs(of_plain({"memberData": data}), None)
    assert [leg.member_id for leg in legs.members] == object_keys(data)


@examples(300)
@given(st.data())
def test_every_leg_is_one_thing(data):
    conference = data.draw(listed_conferences())
    supervisors = data.draw(supervisors_of(conference))
    legs = read_legs(of_plain(conference), AGENT, supervisors)
    all_ids = [leg.member_id for leg in legs.members]
    raw = conference["memberData"]
    assert sorted(all_ids) == sorted(raw if isinstance(raw, dict) else [])
    told = [one for one in (legs.agent, legs.contact) if one is not None] + [*legs.others, *legs.supervisors]
    assert sorted(told) == sorted(all_ids)
    assert legs.known == bool(all_ids)
    assert set(legs.supervisors.values()) <= {one.id for one in supervisors}


@examples(300)
@given(st.data())
def test_the_agent_is_never_a_leg_that_cannot_be_read_nor_a_supervisors(data):
    conference = data.draw(listed_conferences())
    legs = read_legs(of_plain(conference), AGENT, data.draw(supervisors_of(conference)))
    by_id = {leg.member_id: leg for leg in legs.members}
    if legs.agent is not None:
        assert by_id[legs.agent].readable
        proof = by_id[legs.agent]
        proves = same(proof.channel_name, AGENT.webrtcNumber) or proof.caller_id == AGENT.clientId
        assert proves or not legs.proven
    assert legs.contact not in legs.supervisors
    assert legs.match is None or (set(by_id) - set(legs.supervisors))


@examples(200)
@given(anything | st.dictionaries(st.text(max_size=8), anything))
def test_no_shape_of_members_raises(data):
    read_legs(of_plain({"memberData": data, "details": data}), AGENT)
