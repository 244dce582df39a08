"""A large value in DynamoDB: chunked, compressed, swapped as a whole, refreshed by one function at a time.

`SNAPSHOT#{name}` holds one CURRENT item, which names the generation that stands, and the segments that it is made of: a
whole content, and what changed since, piece by piece. `SNAPSHOT#{name}#{0 to 15}` hold the segments' chunks. A reader
sees the old value or the new one, never half: a segment is written under an id of its own and never changed, then
CURRENT is pointed at it in one conditional write. What is replaced stays readable until its `expiration`.
"""

from supervision.table.shared_cache.cache import SharedCache
from supervision.table.shared_cache.chunks import Gone, PartOf, Segment
from supervision.table.shared_cache.held_parts import Generation
from supervision.table.shared_cache.terms import CachePolicy, Read, Since

__all__ = ["CachePolicy", "Generation", "Gone", "PartOf", "Read", "Segment", "SharedCache", "Since"]
