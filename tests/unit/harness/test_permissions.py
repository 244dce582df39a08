import io

from tests.harness.local_aws.permissions import Permissions, access_key


def test_a_request_that_was_cut_off_in_the_middle_is_passed_on_to_nobody():
    answered, passed_on = [], []

    def aws(environ, start_response):
        passed_on.append(environ)
        return []

    key = access_key("Whisper")
    held = Permissions(aws, {key: []})
    environ = {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={key}/20261124/us-east-1/dynamodb/aws4_request",
        "HTTP_X_AMZ_TARGET": "DynamoDB_20120810.TransactWriteItems",
        "CONTENT_LENGTH": "100",
        "wsgi.input": io.BytesIO(b""),
    }
    assert held(environ, lambda status, headers: answered.append(status)) == []
    assert answered == ["400 Bad Request"]
    assert passed_on == []
