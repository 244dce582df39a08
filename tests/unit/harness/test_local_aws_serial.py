import threading
import time

import pytest

from tests.harness.local_aws.process import Serial


@pytest.mark.parametrize(("target", "at_once"), [("DynamoDB_20120810.PutItem", 1), ("AmazonSQS.ReceiveMessage", 4)])
def test_dynamodb_is_asked_one_thing_at_a_time_and_the_rest_side_by_side(target, at_once):
    all_in = threading.Barrier(4)
    inside, most = [0], [0]

    def app(environ, start_response):
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        if at_once > 1:
            all_in.wait(timeout=5)
        time.sleep(0.005)  # long enough for another to come in
        inside[0] -= 1
        return [b""]

    serial = Serial(app)
    threads = [threading.Thread(target=serial, args=({"HTTP_X_AMZ_TARGET": target}, None)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == at_once
