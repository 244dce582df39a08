/** Numbers, times and names for people. */
import { spoken, t } from "./text.js";

const TWO_DIGIT_CODES = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** How a number without its country is read: `[calling code, trunk prefix]` of the first region that is dialled. */
const [CODE, TRUNK] = (document.querySelector("meta[name=numbers]")?.content || "1 1").split(" ");

/** "+12125550142" → "+1 212 555 0142"; another country's in groups; what is no number stays as it is. */
export function number(raw) {
  if (!/^\+[1-9]\d{6,14}$/.test(raw ?? "")) return raw ?? "";
  const digits = raw.slice(1);
  const nanp = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits);
  if (nanp) return `+1 ${nanp[1]} ${nanp[2]} ${nanp[3]}`;
  const code = /^[17]/.test(digits) ? 1 : TWO_DIGIT_CODES.test(digits) ? 2 : 3;
  const rest = digits.slice(code).match(/\d{1,3}(?!\d$)|\d{1,4}/g);
  return `+${digits.slice(0, code)} ${rest.join(" ")}`;
}

/** What a person typed, as it is dialled: "(212) 555-0142" → "+12125550142". Empty where it is no number. */
export function dialled(typed) {
  const digits = typed.replace(/[\s().\-\u00a0\u2011]/g, "");
  if (/^\+\d{7,15}$/.test(digits)) return digits;
  if (/^00[1-9]\d{7,14}$/.test(digits) && CODE !== "1") return `+${digits.slice(2)}`;
  if (CODE === "1") {
    if (/^[2-9]\d{9}$/.test(digits)) return `+1${digits}`;
    return /^1[2-9]\d{9}$/.test(digits) ? `+${digits}` : "";
  }
  if (!/^\d{7,13}$/.test(digits)) return "";
  return `+${CODE}${TRUNK !== "-" && digits.startsWith(TRUNK) ? digits.slice(TRUNK.length) : digits}`;
}

/** Two numbers are one where their digits agree, whatever stands between them. */
export function digits(raw) {
  return (raw ?? "").replace(/\D/g, "");
}

/** Milliseconds → "0:07", "12:40", "1:02:07". */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Milliseconds as an age: "3 s", "2 min". */
export function ageOf(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 120 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.floor(seconds / 60) });
}

/** A moment as the supervisor's own clock on the wall shows it. */
export function timeOfDay(ms, { second = true } = {}) {
  const form = { hour: "numeric", minute: "2-digit", ...(second && { second: "2-digit" }) };
  return new Date(ms).toLocaleTimeString(spoken() === "en" ? [] : spoken(), form);
}

export function agentName(call) {
  return call?.username || (call?.clientId ? t("agent.unknown") : t("agent.none"));
}

/** "inbound", "outbound", or empty where it is not known. */
export function directionOf(call) {
  return call.inbound === true ? "inbound" : call.inbound === false ? "outbound" : "";
}

/** The customer's number: who called in, or who was called. */
export function customerNumber(call) {
  return (call.inbound === false ? call.to : call.from) ?? "";
}
