"""moto's server, made once and asked once: a process forked from one that imports this does neither again.

To make what serves a service, and all that a first request makes, costs 0.2 s of the processor.
"""

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.harness.local_aws.permissions import signed
from tests.harness.local_aws.quicker import quicken, straight_to_the_table

# By service, a question that changes nothing.
_QUESTIONS = {
    "dynamodb": "DynamoDB_20120810.ListTables",
    "events": "AWSEvents.ListEventBuses",
    "secretsmanager": "secretsmanager.ListSecrets",
    "sqs": "AmazonSQS.ListQueues",
}

quicken()
MOTO = straight_to_the_table(DomainDispatcherApplication(create_backend_app))


def _ask(service: str, target: str) -> None:
    headers = Headers({"X-Amz-Target": target, "Authorization": signed(service)})
    question = EnvironBuilder(method="POST", data=b"{}", content_type="application/x-amz-json-1.0", headers=headers)
    answer, status, _ = run_wsgi_app(MOTO, question.get_environ())
    if not status.startswith("200"):
        raise RuntimeError(f"the local {service} answered {status}: {b''.join(answer)!r}")


for _service, _target in _QUESTIONS.items():
    _ask(_service, _target)
