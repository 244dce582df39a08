"""`template.yaml` as the harness needs it: the one source of routes, rules, schedules, settings and resources."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.harness.cloudformation import ACCOUNT, NOTHING, PSEUDO, REGION, Resolver, TemplateError, load
from tests.harness.parts import Authorizer, Function, Route, Rule, Schedule, Source

ROOT = Path(__file__).parents[2]
_NAME_PROPERTY = {
    "AWS::Serverless::Function": "FunctionName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Events::EventBus": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::EventSchemas::Registry": "RegistryName",
}
_ARN = {
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:%s",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/%s",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:%s",
    "AWS::Events::EventBus": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/%s",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:%s",
}
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


def in_capitals(parameter: str) -> str:
    """What a parameter is called as a variable: ALLOWED_ORIGINS for AllowedOrigins."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).upper()


class Template:
    """The template, resolved.

    `settings` are environment variables: where a function's Environment says `VARIABLE: !Ref Thing`, the variable's
    value here becomes that parameter's value, or that resource's physical name, everywhere. A parameter that is no
    variable of a function's is set by its own name in capitals: AllowedOrigins by ALLOWED_ORIGINS.
    """

    def __init__(
        self,
        path: Path = ROOT / "template.yaml",
        settings: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.root = path.parent
        self._document = load(path)
        self._globals = self._document.get("Globals", {})
        self._settings = {name: value for name, value in (settings or {}).items() if value}
        values = {name: one.get("Default", "") for name, one in self._document.get("Parameters", {}).items()}
        for variable, name in self.parameters.items():
            if variable in self._settings:
                values[name] = self._settings[variable]
        values.update(parameters or {})
        names: dict[str, str] = {}
        for variable, node in self._variables():
            if variable in self._settings and isinstance(node, dict) and "Ref" in node:
                (values if node["Ref"] in values else names)[node["Ref"]] = self._settings[variable]
        self._names = {
            name: f"{PSEUDO['AWS::StackName']}-{name}" + (".fifo" if one.get("Properties", {}).get("FifoQueue") else "")
            for name, one in self._document["Resources"].items()
        }
        self._resolve = Resolver(self._document, values, self._refs(), self._attribute)
        for name, resource in self._resources():
            given = resource.get("Properties", {}).get(_NAME_PROPERTY.get(resource["Type"], ""))
            if given is not None and (resolved := self._resolve(given)) is not NOTHING:
                self._names[name] = str(resolved)
        self._names.update(names)
        self._resolve = Resolver(self._document, values, self._refs(), self._attribute)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters that are no variable of a function's, by what their variable is called here."""
        own = {variable for variable, node in self._variables() if isinstance(node, dict) and "Ref" in node}
        found = {in_capitals(name): name for name in self._document.get("Parameters", {})}
        return {variable: name for variable, name in found.items() if variable not in own}

    def allowed(self, parameter: str) -> list[Any]:
        """The values that a parameter may have; none where it may have any."""
        found: list[Any] = self._document["Parameters"][parameter].get("AllowedValues", [])
        return found

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The functions by logical id."""
        return {name: self._function(name) for name, _ in self._resources("AWS::Serverless::Function")}

    def function(self, name: str) -> Function:
        """The function with the logical id, or the code folder, `name`."""
        for one in self.functions.values():
            if name in (one.id, one.folder.name, one.name):
                return one
        raise TemplateError(f"the template has no function {name}")

    @cached_property
    def routes(self) -> list[Route]:
        """The routes of the HTTP API."""
        default = self._api.get("Auth", {}).get("DefaultAuthorizer")
        found = []
        for function, _, event in self._events("HttpApi"):
            authorizer = event.get("Auth", {}).get("Authorizer", default)
            method = str(event.get("Method", "ANY")).upper()
            found.append(
                Route(
                    method="ANY" if method in ("ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD") else method,
                    path=event.get("Path"),
                    function=function,
                    authorizer=None if authorizer == "NONE" else authorizer,
                )
            )
        return found

    @cached_property
    def authorizers(self) -> dict[str, Authorizer]:
        """The API's authorizers by name."""
        return {name: self._authorizer(one) for name, one in self._api.get("Auth", {}).get("Authorizers", {}).items()}

    @cached_property
    def cors(self) -> dict[str, Any] | None:
        """The API's CorsConfiguration, or None."""
        found = self._api.get("CorsConfiguration")
        if found is True or isinstance(found, str):
            return {"AllowOrigins": ["*" if found is True else found.strip("'")]}
        return found or None

    @cached_property
    def origins(self) -> frozenset[str]:
        """The other sites whose pages may ask the API, or embed its page."""
        embedders = [one.environment.get("EMBEDDED_BY", "") for one in self.functions.values()]
        named = [*(self.cors or {}).get("AllowOrigins", ()), *" ".join(embedders).split()]
        return frozenset(named) - {"none"}

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that have a function as their target."""
        found = []
        for function, name, event in self._events("EventBridgeRule", "CloudWatchEvent"):
            if unknown := {"Input", "InputPath", "InputTransformer"} & event.keys():
                raise TemplateError(f"the rule {name} uses {', '.join(unknown)}, which the harness does not know")
            dead_letters = event.get("DeadLetterConfig", {}).get("Arn")
            bus = str(event.get("EventBusName", "default")).rsplit("/", 1)[-1]
            if event.get("State", "ENABLED") == "ENABLED":
                found.append(Rule(name, function, bus, event["Pattern"], dead_letters))
        return found

    @cached_property
    def schedules(self) -> list[Schedule]:
        """The schedules that have a function as their target."""
        found = []
        for function, name, event in self._events("ScheduleV2", "Schedule"):
            expression = event.get("ScheduleExpression", event.get("Schedule", ""))
            match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
            if not match:
                raise TemplateError(f"the schedule {name} is not a rate: {expression}")
            enabled = event.get("State", "ENABLED") == "ENABLED" and event.get("Enabled", True) is not False
            found.append(Schedule(name, function, int(match[1]) * _UNITS[match[2]], enabled, event.get("Input")))
        return found

    @cached_property
    def sources(self) -> list[Source]:
        """The queues that have a function as their consumer."""
        queues = {_ARN["AWS::SQS::Queue"] % name: one for name, one in self.resources("AWS::SQS::Queue").items()}
        found = []
        for function, name, event in self._events("SQS"):
            if event.get("BatchSize") != 1 or event.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                raise TemplateError(f"{name} asks for messages in another way than the harness hands them over")
            queue = queues[event["Queue"]]
            delay, visibility = float(queue.get("DelaySeconds", 0)), float(queue.get("VisibilityTimeout", 30))
            found.append(Source(function, event["Queue"], delay, visibility, event.get("Enabled", True) is True))
        return found

    def source_of(self, queue_url: str) -> Source:
        """The one whose messages come from the queue of this URL."""
        [found] = [one for one in self.sources if one.queue_arn.rpartition(":")[2] == queue_url.rpartition("/")[2]]
        return found

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resolved properties of every resource of the type `kind`, by physical name."""
        return {
            self._names[name]: self._resolve(resource.get("Properties", {})) for name, resource in self._resources(kind)
        }

    def arn(self, name: str) -> str:
        """The ARN of the resource with the logical id `name`."""
        return str(self._attribute(name, "Arn"))

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self._resolve(self._document["Outputs"][name]["Value"])

    def _resources(self, kind: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self._document["Resources"].items():
            there = "Condition" not in resource or self._resolve.condition(resource["Condition"])
            if there and kind in (None, resource["Type"]):
                yield name, resource

    def _variables(self) -> Iterator[tuple[str, Any]]:
        yield from self._globals.get("Function", {}).get("Environment", {}).get("Variables", {}).items()
        for resource in self._document["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                yield from resource["Properties"].get("Environment", {}).get("Variables", {}).items()

    def _refs(self) -> dict[str, str]:
        refs = dict(self._names)
        for name, resource in self._document["Resources"].items():
            if resource["Type"] == "AWS::SQS::Queue":
                refs[name] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._names[name]}"
            elif resource["Type"] == "AWS::Serverless::Function":
                for made in ("Alias", "Version"):  # by AutoPublishAlias
                    refs[f"{name}.{made}"] = f"{_ARN[resource['Type']] % self._names[name]}:{made.lower()}"
        return refs

    def _attribute(self, name: str, attribute: str) -> Any:
        kind = self._document["Resources"][name]["Type"]
        if attribute == "Arn":
            return _ARN.get(kind, f"arn:aws:{kind.split('::')[1].lower()}:{REGION}:{ACCOUNT}:%s") % self._names[name]
        if attribute in ("Name", "QueueName", "RegistryName"):
            return self._names[name]
        return self._refs().get(f"{name}.{attribute}", f"{name}.{attribute}")

    @cached_property
    def _api(self) -> dict[str, Any]:
        own: dict[str, Any] = next(iter(self.resources("AWS::Serverless::HttpApi").values()), {})
        return {**self._resolve(self._globals.get("HttpApi", {})), **own}

    def _events(self, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for name, resource in self._resources("AWS::Serverless::Function"):
            for event_name, event in resource["Properties"].get("Events", {}).items():
                if event["Type"] in kinds:
                    yield name, f"{name}{event_name}", self._resolve(event.get("Properties", {}))

    def _function(self, name: str) -> Function:
        common = self._globals.get("Function", {})
        own = self._document["Resources"][name]["Properties"]

        def value(key: str, otherwise: Any = None) -> Any:
            found = self._resolve(own.get(key, common.get(key, otherwise)))
            return otherwise if found is NOTHING else found

        variables = {
            **common.get("Environment", {}).get("Variables", {}),
            **own.get("Environment", {}).get("Variables", {}),
        }
        environment = {**self._resolve(variables), **{k: v for k, v in self._settings.items() if k in variables}}
        asynchronous = value("EventInvokeConfig", {})
        return Function(
            id=name,
            name=self._names[name],
            arn=_ARN["AWS::Serverless::Function"] % self._names[name],
            folder=(self.root / value("CodeUri", ".")).resolve(),
            handler=value("Handler"),
            timeout=float(value("Timeout", 3)),
            memory=int(value("MemorySize", 128)),
            log_format=value("LoggingConfig", {}).get("LogFormat", "Text"),
            environment={k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in environment.items()},
            retries=int(asynchronous.get("MaximumRetryAttempts", 2)),
            on_failure=asynchronous.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
            dead_letters=value("DeadLetterQueue", {}).get("TargetArn"),
        )

    def _authorizer(self, one: dict[str, Any]) -> Authorizer:
        if str(one.get("AuthorizerPayloadFormatVersion")) != "2.0" or not one.get("EnableSimpleResponses"):
            raise TemplateError("the harness knows Lambda authorizers with simple responses of format 2.0 alone")
        identity = one.get("Identity", {})
        sources = [f"$request.header.{name}" for name in identity.get("Headers", [])]
        sources += [f"$request.querystring.{name}" for name in identity.get("QueryStrings", [])]
        sources += [f"$context.{name}" for name in identity.get("Context", [])]
        name = str(one["FunctionArn"]).split(":function:")[1].split(":")[0]
        return Authorizer(self.function(name).id, tuple(sources), float(identity.get("ReauthorizeEvery", 0)))
