"""What a parameter adds to the stack, as CloudFormation gets it: a domain, an archive, traces, a longer log."""

import pytest

from tests.harness.transformed import Stack, transformed


def deployed(**parameters):
    return Stack(transformed(parameters), parameters)


def of(stack, kind):
    return [one["Properties"] for one in stack.resources(kind).values()]


@pytest.mark.parametrize(
    "kind", ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::Events::Archive"]
)
def test_by_itself_there_is_none(kind):
    assert of(deployed(), kind) == []


def test_a_domain_of_ones_own_leads_to_the_api():
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    stack = deployed(DomainName="calls.example.com", CertificateArn=certificate)
    [domain] = of(stack, "AWS::ApiGatewayV2::DomainName")
    assert domain["DomainName"] == "calls.example.com"
    [configuration] = domain["DomainNameConfigurations"]
    assert (configuration["CertificateArn"], configuration["SecurityPolicy"]) == (certificate, "TLS_1_2")
    [mapping] = of(stack, "AWS::ApiGatewayV2::ApiMapping")
    [api], [stage] = stack.resources("AWS::ApiGatewayV2::Api"), stack.resources("AWS::ApiGatewayV2::Stage")
    assert mapping == {"ApiId": f"call-floor/{api}", "Stage": f"call-floor/{stage}", "DomainName": "call-floor/Domain"}
    target = transformed()["Outputs"]["DomainTarget"]
    assert target["Condition"] == "OwnDomain"
    assert stack.value(target["Value"]) == "call-floor/Domain.RegionalDomainName"


def test_an_archive_keeps_the_events_of_the_bus():
    stack = deployed(ArchiveDays="30")
    [archive] = of(stack, "AWS::Events::Archive")
    [bus] = stack.resources("AWS::Events::EventBus")
    assert archive["SourceArn"] == f"call-floor/{bus}.Arn"
    assert int(archive["RetentionDays"]) == 30


@pytest.mark.parametrize(("tracing", "may_write"), [("PassThrough", False), ("Active", True)])
def test_requests_are_traced_or_not(tracing, may_write):
    stack = deployed(Tracing=tracing)
    functions = stack.resources("AWS::Lambda::Function")
    assert {one["Properties"]["TracingConfig"]["Mode"] for one in functions.values()} == {tracing}
    for name in functions:
        role = stack.resources("AWS::IAM::Role")[f"{name}Role"]["Properties"]
        assert any("XRay" in str(one) or "Xray" in str(one) for one in role["ManagedPolicyArns"]) >= may_write


@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_how_much_is_logged_and_for_how_long(level):
    stack = deployed(LogLevel=level, PlatformLogLevel="INFO", LogRetentionDays="7")
    for one in of(stack, "AWS::Lambda::Function"):
        assert one["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == level
        assert one["LoggingConfig"]["SystemLogLevel"] == "INFO"
    groups = of(stack, "AWS::Logs::LogGroup")
    assert len(groups) == 2
    assert {int(one["RetentionInDays"]) for one in groups} == {7}
