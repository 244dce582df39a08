// check.mjs FILE: reads a description of events with the AsyncAPI Initiative's own parser; says what it warns of.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const WARNING = 1;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const found = diagnostics.filter(({ severity }) => severity <= WARNING);
for (const { code, path, message } of found) console.error(`${path.join(".")}: ${message} (${code})`);
process.exitCode = document && !found.length ? 0 : 1;
