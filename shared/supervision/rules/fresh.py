"""The mark of members read from Ytel for the request at hand."""

from dataclasses import dataclass

from supervision.rules.conferences import Conference


@dataclass(frozen=True, slots=True)
class FreshConference:
    """One conference as Ytel answered it for this very request; nothing held or cached ever becomes one.

    Only the Ytel client makes it. `read_at` is when the read began, in milliseconds since the epoch.
    """

    conf_id: str
    content: Conference
    read_at: int
