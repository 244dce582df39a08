/**
 * Who hears the supervisor, as far as the list tells. Pure: a supervision of one's own, the call as listed and how
 * old the list is go in; what may be said comes out. What is too old is not known.
 */
import { listed, t } from "./text.js";
import { agentName } from "./format.js";

const KNOWN_FOR = 10_000; // a list older than this says who heard one then, and nothing of now

const open = (one) => one.action === "barge" || one.action === "takeover";

/** Other supervisors' names on the call: they hear a whisper and a barge. */
function supervisors(call, own) {
  const there = (call.supervisors ?? []).filter((one) => one.id !== own.id && one.state === "joined");
  return there.map((one) => one.requestedBy || t("who.supervisor"));
}

/**
 * `{kind, names, sentence, by, not, age}`. `kind` is ringing, nobody, agent, everyone, alone, exposed or unknown; `sentence` is
 * what the row says, `by` and `not` what the bar says. `age` (ms) is the list's, null where there is no list at all.
 */
export function heardBy(own, call, age) {
  const said = claim(own, call);
  const known = age !== null && age <= KNOWN_FOR;
  if (known || said.kind === "ringing") return { ...said, age };
  return { kind: "unknown", names: [], sentence: t("heard.unknown"), by: t("air.unknown"), not: "", then: said.sentence, age };
}

function claim(own, call) {
  if (own.state !== "joined") return made("ringing", [], t("ringing"), t("air.nobody.yet"));
  if (own.exposed) return made("exposed", [], t("heard.exposed"), t("air.exposed"));
  if (!call) return made("unknown", [], t("heard.unknown"), t("air.unknown"));
  const agent = agentName(call);
  const customer = call.contact?.name || t("who.customer");
  const others = (call.otherMemberIds ?? []).length;
  const strangers = others ? [t("who.others", { count: others, n: others })] : [];
  if (own.action === "listen") {
    return made("nobody", [], t("heard.listen"), t("air.nobody"));
  }
  const more = supervisors(call, own);
  if (open(own)) {
    if (own.agentReleasedAt) {
      const left = [customer, ...strangers, ...more];
      const values = { agent, names: listed(left) };
      const [sentence, by] = left.length > 1 ? ["heard.gone", "air.heardBy"] : ["heard.alone", "air.alone"];
      return made("alone", left, t(sentence, values), t(by, values), t("air.agentGone", values));
    }
    const names = [agent, customer, ...strangers, ...more];
    return made("everyone", names, t(`heard.${own.action}`), t("air.everyone", { names: listed(names) }));
  }
  if (own.action !== "whisper" || !call.agentMemberId) {
    return made("unknown", [], t("heard.unknown"), t("air.unknown"));
  }
  const sentence = more.length ? t("heard.whisper.more", { names: listed(more) }) : t("heard.whisper");
  const names = [agent, ...more];
  const kept = t("air.notHeard", { names: listed([customer, ...strangers]) });
  return made("agent", names, sentence, t("air.heardBy", { names: listed(names) }), kept);
}

function made(kind, names, sentence, by, not = "") {
  return { kind, names, sentence, by, not, then: "" };
}

const WORST = ["ringing", "nobody", "agent", "everyone", "alone", "unknown", "exposed"];

/** One phone, one sentence: of several, what is worst to be wrong about. */
export function worst(all) {
  return all.reduce((a, b) => (WORST.indexOf(b.kind) > WORST.indexOf(a.kind) ? b : a));
}
