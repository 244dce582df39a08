"""Who hears whom in a conference.

Everyone hears everyone, except that a voice is kept from the members on its `noSpeakToList`, and a muted one from all.
The list is a set of member ids, fixed when the voice joined: whoever joins afterwards is on nobody's list and hears it.
That last part is inferred from the list holding ids, not documented.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """A member as far as sound goes."""

    member_id: str
    kept_from: frozenset[str] = frozenset()
    muted: bool = False


def hears(listener: Voice, speaker: Voice) -> bool:
    """Whether the listener hears the speaker; nobody hears themselves."""
    return listener.member_id != speaker.member_id and not speaker.muted and listener.member_id not in speaker.kept_from


def who_hears(speaker: Voice, present: Iterable[Voice]) -> set[str]:
    """Ids of those present who hear the speaker."""
    return {voice.member_id for voice in present if hears(voice, speaker)}
