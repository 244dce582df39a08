"""A stand-in for Ytel: a floor of calls over real HTTP, that knows who hears whom.

with FakeYtel() as ytel:
    agent = ytel.floor.add_user("Ann", "Lee")
    call = ytel.floor.add_call(agent)
    ...  # something whispers into the call from +12125550142
    ytel.floor.answer(call, "+12125550142")
    assert ytel.floor.roles_that_hear(call, "+12125550142") == {"agent"}
    assert not ytel.complaints
"""

from tests.harness.fake_ytel.calls import AS_IT_IS, MISSING, Call, Leg, Role
from tests.harness.fake_ytel.fake import SAMPLE_CALL, SAMPLES, FakeYtel
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.knobs import Knobs
from tests.harness.fake_ytel.phones import Dial
from tests.harness.fake_ytel.timeline import ManualClock
from tests.harness.fake_ytel.users import SECRET, User

__all__ = [
    "AS_IT_IS",
    "MISSING",
    "SAMPLES",
    "SAMPLE_CALL",
    "SECRET",
    "Call",
    "Dial",
    "FakeYtel",
    "Floor",
    "Knobs",
    "Leg",
    "ManualClock",
    "Role",
    "User",
]
