/** What is happening, why not, and what to do about it: every sentence a supervisor reads. */
import { agentName, digits, direction } from "./format.js";

export const VERBS = { listen: "Listen", whisper: "Whisper", barge: "Barge", hangup: "Hang up", leave: "Leave" };

/** Who hears the supervisor once joined. */
export const HEARD = {
  listen: "Nobody hears you",
  whisper: "The agent hears you; the customer does not",
  barge: "Everyone hears you",
};

export const PROOF = {
  channelName: "proven by its channel",
  callerId: "proven by its caller id",
  elimination: "assumed, not proven",
};

const NO_PHONE = "Enter your phone first";
const UNKNOWN = "Ytel does not say who is on this call, so nobody could be kept from hearing";
const UNPROVEN = "Which leg is the agent's is not proven, so the customer might hear";

const proven = (call) => call.agentMatch === "channelName" || call.agentMatch === "callerId";

function nobodyKnown(call) {
  return !call.agentMemberId && !call.contactMemberId && !call.otherMemberIds?.length && !call.supervisors?.length;
}

/** The note that stays beside an agent: why this call cannot be whispered into. */
export function mark(call) {
  if (!call.agentNumber) return "not a known user";
  if (nobodyKnown(call)) return "legs unknown";
  return proven(call) ? "" : "leg not proven";
}

/**
 * Why the service would refuse `action` on this call now; empty where it would not.
 * `own` is the supervisor's own supervision of this call, `phone` the number as dialled, `typed` as it was typed.
 */
export function whyNot(action, call, { phone, typed, own, ended }) {
  if (ended) return "The call has ended";
  if (action === "hangup") return nobodyKnown(call) ? "Ytel does not say who is on this call" : "";
  if (!call.agentNumber) return "The agent is not a known user, so there is no number to call from";
  if (action !== "barge" && nobodyKnown(call)) return UNKNOWN;
  if (action === "whisper" && !proven(call)) return UNPROVEN;
  if (!phone) return typed ? "Your phone is not a whole number yet" : NO_PHONE;
  const numbers = [call.from, call.to, call.agentNumber].map(digits);
  if (numbers.includes(digits(phone))) return "Your phone is itself on this call";
  if (own?.state === "dialing") return "Your phone is ringing for this call";
  if (own) return "Your phone is on this call; leave first";
  return "";
}

/** A supervision's state in words: for its own supervisor, or for whoever looks on. */
export function ownState({ action, state, leaving, exposed }) {
  if (leaving) return "Leaving…";
  if (state !== "joined") return "Ringing your phone…";
  return exposed ? "Someone who joined can hear you" : HEARD[action];
}

const DOING = { listen: "listening", whisper: "whispering", barge: "barged in" };

export function othersState({ action, state, exposed }) {
  const doing = state === "joined" ? DOING[action] : `${VERBS[action].toLowerCase()}, ringing`;
  return exposed ? `${doing}, exposed` : doing;
}

export function ending({ state, exposed, leaving }) {
  if (state === "failed") return "Your phone did not answer";
  return exposed && !leaving ? "Your phone was dropped: someone who could hear you joined" : "You left";
}

export function exposure({ call, own, joined }) {
  const where = call ? `${agentName(call)}’s call` : "a call";
  if (!own) return `A supervisor on ${where} can be heard by someone who joined it.`;
  return joined
    ? `Stop talking. Someone joined ${where} who can hear you.`
    : `Someone joined ${where} who could hear you. You are no longer on it.`;
}

const WHAT_TO_DO = {
  number_not_allowed: "This phone may not be dialled for this call. Check “Your phone”.",
  call_not_found: "The call has ended.",
  supervision_not_found: "You have already left.",
  agent_not_proven: "Not dialled: the agent’s leg is not proven, so the customer might hear. Listen instead.",
  members_unknown: "Ytel does not say who is on this call. Try again in a moment.",
  not_joined: "Your phone has not answered yet. Decline the call on your phone.",
  already_supervising: "Your phone is already ringing for this call, or on it.",
  in_progress: "This is already being done.",
  too_many_dials: "Too many dials in a minute. Nothing was dialled.",
  ytel_rate_limited: "Ytel asks to slow down. Nothing was dialled.",
  ytel_rejected: "Ytel refused.",
  ytel_invalid: "Ytel’s answer makes no sense. Nothing more was done.",
  ytel_unavailable: "Ytel is not answering. Nothing was dialled.",
  hangup_incomplete: "Some legs are still connected. Hang up again to finish.",
  outcome_unknown: "Ytel never answered. If your phone rings, it is this call. Wait a minute before trying again.",
  forbidden: "Your key does not allow this. Ask for one that does.",
  unauthorized: "The key is not accepted.",
  offline: "The connection failed. Check the network; asking again does not dial twice.",
  timeout: "No answer in time. If your phone rings, it is this call.",
};

/** A hang-up whose answer never came rings no phone. */
const AFTER_HANGUP = {
  outcome_unknown: "Ytel never answered. Look whether the call is gone, and hang up again if not.",
  timeout: "No answer in time. Look whether the call is gone, and hang up again if not.",
};

/** A problem of the API → what it means here, and what to do. */
export function advice({ code, title, detail, retryAfter }, action) {
  const known = (action === "hangup" && AFTER_HANGUP[code]) || WHAT_TO_DO[code];
  const more = !known || ["ytel_rejected", "number_not_allowed"].includes(code) ? detail || title : "";
  const later = retryAfter ? `Try again in ${retryAfter} s.` : "";
  return [known, more, later].filter(Boolean).join(" ") || "It did not work. Try again.";
}

/** Why the calls could not be read. */
export function unread({ code, status, title }) {
  if (code === "offline") return "No connection to the service.";
  if (code === "ytel_unavailable") return "Ytel is not answering.";
  if (code === "ytel_rate_limited") return "Ytel asks to slow down.";
  return status ? title : "The service is not answering.";
}

export function newCall(call) {
  return ["New call: " + agentName(call), direction(call).toLowerCase()].filter(Boolean).join(", ");
}
