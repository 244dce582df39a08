"""A large value in DynamoDB: chunked, compressed, swapped as a whole, refreshed by one function at a time.

`SNAPSHOT#{name}` holds one CURRENT item, which names the generation that stands, and that generation's chunks. A reader
sees the old value or the new one, never half: chunks are written under a generation of their own, then CURRENT is
pointed at them in one conditional write. What is replaced stays readable until its `expiration`.
"""

from supervision.table.shared_cache.cache import CachePolicy, Generation, Read, SharedCache
from supervision.table.shared_cache.chunks import Gone

__all__ = ["CachePolicy", "Generation", "Gone", "Read", "SharedCache"]
