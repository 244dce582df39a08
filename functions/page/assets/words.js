/** What is happening, why not, and what to do about it: which sentence of the table it is. */
import { agentName, directionOf, digits } from "./format.js";
import { said, t } from "./text.js";

export const proven = (call) => call.agentMatch === "channelName" || call.agentMatch === "callerId";

export function nobodyKnown(call) {
  return !call.agentMemberId && !call.contactMemberId && !call.otherMemberIds?.length && !call.supervisors?.length;
}

/** The note that stays beside an agent: why this call cannot be whispered into. */
export function mark(call) {
  if (!call.agentNumber) return t("mark.unknownUser");
  if (nobodyKnown(call)) return t("mark.legsUnknown");
  if (proven(call)) return "";
  const taken = !call.agentMemberId && call.supervisors?.some((one) => one.action === "takeover" && one.state === "joined");
  return t(taken ? "mark.takenOver" : "mark.unproven");
}

/**
 * Why the service would refuse `action` on this call now; empty where it would not. `own` is the supervisor's own
 * supervision of this call, `phone` the number as dialled, `typed` as it was typed, `may(action)` what the key may do.
 */
export function whyNot(action, call, { phone, typed, own, ended, may }) {
  if (ended) return t("why.ended");
  if (!may(action)) return t("why.noScope");
  if (action === "help") return "";
  if (action === "hangup") return nobodyKnown(call) ? t("why.noMembers") : "";
  if (!call.agentNumber) return t("why.unknownAgent");
  if (action !== "barge" && nobodyKnown(call)) return t("why.unknownMembers");
  if ((action === "whisper" || action === "takeover") && !proven(call)) return t("why.unproven");
  if (!phone) return typed ? t("why.partialPhone") : t("why.noPhone");
  const numbers = [call.from, call.to, call.agentNumber].map(digits);
  if (numbers.includes(digits(phone))) return t("why.phoneOnCall");
  if (own && own.state !== "joined") return t("why.ringing");
  if (own?.leaving || own?.switching) return t("why.wait");
  if (own?.action === "takeover") return t(own.agentReleasedAt ? "why.alone" : "why.same.takeover");
  if (own?.action === action) return t(`why.same.${action}`);
  return "";
}

/** "crm listening since 10:32", of a supervisor who is somebody else. */
export function othersState({ action, state, exposed, requestedBy }, since = "") {
  let doing = state === "joined" ? t(`doing.${action}`) : t("doing.ringing", { action: t(action).toLocaleLowerCase() });
  if (state === "joined" && since) doing = t("doing.since", { doing, time: since });
  if (requestedBy) doing = t("doing.who", { who: requestedBy, doing });
  return exposed ? t("doing.exposed", { doing }) : doing;
}

/** How one's own supervision ended. */
export function ending({ state, exposed, leaving, how }) {
  if (how === "given_up") return t("ended.given_up");
  if (state === "failed") return t("ended.failed");
  if (how === "call_ended" || how === "time_limit" || how === "switched") return t(`ended.${how}`);
  return exposed && !leaving ? t("ended.exposed") : t("ended.left");
}

export function exposure({ call, own, joined }) {
  const where = call ? t("where.call", { agent: agentName(call) }) : t("where.none");
  if (!own) return t("exposure.other", { where });
  return t(joined ? "exposure.own" : "exposure.over", { where });
}

/** A problem of the API → what it means for what was asked, and what to do. `heard` is who hears one as before. */
export function advice({ code, title, detail, retryAfter }, verb, heard = "") {
  const name = [`advice.${verb}.${code}`, `advice.${code}`].find(said);
  const more = !name || ["ytel_rejected", "number_not_allowed"].includes(code) ? detail || title : "";
  const later = retryAfter ? t("advice.later", { n: retryAfter }) : "";
  const last = said(`advice.else.${verb}`) ? t(`advice.else.${verb}`) : t("advice.else");
  return [name && t(name, { heard }), more, later].filter(Boolean).join(" ") || last;
}

/** Why the calls could not be read. */
export function unread({ code, status, title }) {
  if (code === "offline") return t("unread.offline");
  if (code === "ytel_unavailable") return t("unread.ytel");
  if (code === "ytel_rate_limited") return t("unread.slow");
  return status ? title : t("unread.silent");
}

export function newCall(call) {
  const direction = directionOf(call);
  const values = { agent: agentName(call), direction: direction && t(direction).toLocaleLowerCase() };
  return t(direction ? "call.new.direction" : "call.new", values);
}
