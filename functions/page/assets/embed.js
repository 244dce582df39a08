/**
 * The page within a CRM. Only a site on the list the service was given may hand over the key, and only the embedding
 * window may do so; what happens here is told to that site and to no other.
 */

const allowed = new Set(
  document
    .querySelector("meta[name=embedded-by]")
    .content.split(" ")
    .filter(Boolean),
);

export const embedded = window.parent !== window;

/** The embedding site, where the browser names it; else the first one that has written to us. */
let embedder = embedded ? (location.ancestorOrigins?.[0] ?? originOf(document.referrer)) : "";

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

/** `take({key, phone})` for each key that is handed over. */
export function onKey(take) {
  window.addEventListener("message", ({ source, origin, data }) => {
    if (!embedded || source !== window.parent || !allowed.has(origin)) return;
    if (data?.type !== "call-floor:key" || typeof data.key !== "string" || !data.key) return;
    embedder = origin;
    take({ key: data.key, phone: typeof data.phone === "string" ? data.phone : "" });
  });
  tell("call-floor:ready");
}

/** What a CRM needs to know of a call to find its own record of it. */
export function callFacts({ confId, clientId, username, contactId, from, to, inbound }) {
  return { confId, clientId, username, contactId, from, to, inbound };
}
