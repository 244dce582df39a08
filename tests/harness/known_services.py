"""What botocore knows of the services, read once: each process that is forked from one that imports this has it.

To read it costs a function's start 50 ms of the processor, some half of all. botocore shares it in the same way between
the clients of one session.
"""

import botocore.loaders
import botocore.session

_SERVICES = ("dynamodb", "events", "secretsmanager", "sqs")
_known = botocore.loaders.create_loader()


def _loader(search_path_string: str | None = None) -> botocore.loaders.Loader:
    return botocore.loaders.create_loader(search_path_string) if search_path_string else _known


botocore.session.create_loader = _loader
for _service in _SERVICES:
    botocore.session.get_session().create_client(
        _service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
