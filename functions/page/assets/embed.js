/**
 * The page within a CRM. Only a site on the list the service was given may hand over the key or ask for anything, and
 * only the embedding window may do so; what happens here is told to that site and to no other.
 */

const READY_AGAIN = 500;
const READY_LONGEST = 8_000;

const allowed = new Set(
  document
    .querySelector("meta[name=embedded-by]")
    .content.split(" ")
    .filter(Boolean),
);

export const embedded = window.parent !== window;

/** The embedding site, where the browser names it; else the first one that has written to us. */
let embedder = embedded ? (location.ancestorOrigins?.[0] ?? originOf(document.referrer)) : "";
let answered = false;
const wanted = new Set(); // what the embedding page asked to be told beside what happens: "size", "contacts"

function originOf(url) {
  try {
    return new URL(url).origin;
  } catch {
    return "";
  }
}

/** Tells the embedding page what happened; nobody where there is none, or it is not on the list. */
export function tell(type, data = {}) {
  if (embedded && allowed.has(embedder)) window.parent.postMessage({ type, ...data }, embedder);
}

/** Says that the page is ready, again and again until somebody answers: a listener may come late. */
function ready(pause = READY_AGAIN) {
  if (answered) return;
  if (embedder) tell("call-floor:ready");
  else for (const origin of allowed) window.parent.postMessage({ type: "call-floor:ready" }, origin);
  setTimeout(() => ready(Math.min(pause * 2, READY_LONGEST)), pause);
}

/** `take` has a function for each message there is: key, set, select, filter, supervise, contacts. */
export function onMessages(take) {
  if (!embedded) return;
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !allowed.has(origin) || typeof data?.type !== "string") return;
    const name = data.type.startsWith("call-floor:") ? data.type.slice("call-floor:".length) : "";
    if (!Object.hasOwn(take, name)) return;
    embedder = origin;
    answered = true;
    take[name](data);
  });
  ready();
}

let height = 0;

/** Tells how high the page would like to be, where that is wanted. */
export function sized(now = height) {
  height = Math.ceil(now);
  if (height && wanted.has("size")) tell("call-floor:size", { height });
}

/** The embedding page wants to be told these too: "size", "contacts". */
export function wants(names) {
  for (const name of names) wanted.add(name);
  sized();
}

export function isWanted(name) {
  return wanted.has(name);
}
