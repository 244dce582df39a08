"""A local HTTP API: what API Gateway does between a client and a function, from `template.yaml`."""
