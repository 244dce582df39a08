/** What the reference says in words: how to begin, the messages of an embedded page, the limits, what may change. */
import { h, prose, row, table } from "./elements.js";

const section = (id, title, ...inside) => h("section", {}, h("h2", { id }, title), ...inside);
const paragraph = (text) => h("p", {}, prose(text));

export function start() {
  return section("start", "Getting started",
    h("ol", {},
      h("li", {}, prose("Get a key from who runs this API: it is made with the scopes that you need, and shown once. Keep it in the variable `KEY`; below, the field on top takes it for this page.")),
      h("li", {}, prose("Read the calls: `GET /calls`. Ask again every two seconds with `?since=` and the `version` of the last answer: only what changed comes.")),
      h("li", {}, prose("See what an action would do: `GET /calls/{confId}/plan?action=whisper`. Nobody is dialled.")),
      h("li", {}, prose("Do it: `POST /calls/{confId}/whisper` with the supervisor's phone, and an `Idempotency-Key` so that it is safe to ask again. The answer, 202, is the supervision; `GET /supervisions/{id}` says how it goes on, and so do the events."))));
}

const MESSAGES = [
  ["call-floor:ready", "told", "The page is there. Said until it is answered."],
  ["call-floor:key", "heard", "`{key, phone?}`: the key to work with, and the supervisor's phone."],
  ["call-floor:key-refused", "told", "The key is refused: hand over another."],
  ["call-floor:select", "heard", "`{confId}`: shows that call."],
  ["call-floor:filter", "heard", "Which calls are shown, as `filter()` of the element has it."],
  ["call-floor:supervise", "heard", "`{confId, action}`: begins, as a click would."],
  ["call-floor:contacts-wanted", "told", "`{contactIds}`: the customers whose names are wanted."],
  ["call-floor:contacts", "heard", "`{contacts}`: their names, by `contactId`."],
  ["call-floor:set", "heard", "`{theme, phone, wants}`: how it looks, the phone, and what of `size` and `contacts` it is to tell."],
  ["call-floor:size", "told", "`{height}`: how high it would like to be."],
  ["call-selected", "told", "`{call}`"],
  ["supervision-started, -joined, -exposed, -ended", "told", "`{supervision, call}`"],
  ["call-hung-up", "told", "`{call, hungUp}`"],
  ["action-refused", "told", "`{action, call, code, status}`"],
];

export function aroundThePage() {
  return section("page-messages", "In a page of yours",
    paragraph("The page works in an iframe, and as the element `<call-floor>` of `/embed.js`, whose types are `/embed.d.ts`. By `postMessage` it hears those sites alone that `EmbeddedBy` names, and tells them:"),
    table(["Type", "It is", "With it"], MESSAGES.map(([type, way, text]) => row("", h("code", {}, type), way, prose(text)))));
}

export function limits(all) {
  return section("limits", "Limits",
    paragraph("As they are by themselves. Where a parameter is named, who runs this API may have set another number."),
    table(["What", "Limit", "Parameter"], all.map(({ what, limit, parameter }) => row("", prose(what), limit, parameter && h("code", {}, parameter)))));
}

export function versions(api, events) {
  return section("versions", "Versions and what may change",
    paragraph(`The API is \`${api.version}\`, the events are \`${events.version}\`. What stands behind the \`+\` changes with every change of what is described.`),
    paragraph("May be added at any time: a route, a parameter or a member that may be left out, a member of an answer, a problem's code under a status that is there, an event. So pass over what you do not know."),
    paragraph("Another first number means that clients have to follow: a member is gone or means something else, a value is gone, what was left out is required."));
}
