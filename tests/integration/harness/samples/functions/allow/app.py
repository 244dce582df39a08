def lambda_handler(event, context):
    (key, _) = event["identitySource"]
    return {"isAuthorized": key.endswith("good"), "context": {"client": "sample"}}
