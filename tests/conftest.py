"""What holds for every test: no account of anyone's is ever within reach."""

import os

for name in [one for one in os.environ if one.startswith(("AWS_", "YTEL_"))]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
