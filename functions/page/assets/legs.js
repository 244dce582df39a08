/** Who is on an opened call. */
import { agentName } from "./format.js";
import { t } from "./text.js";
import { othersState } from "./words.js";

/** `memberData` is a map of member id to JSON in a string; an entry that cannot be read is a leg without a number. */
function channel(conference, memberId) {
  try {
    return JSON.parse(conference.memberData[memberId])?.channelName ?? "";
  } catch {
    return "";
  }
}

/**
 * Every leg as `{id, who, name, number, note, own}`, the agent's first. `call` may lack its `userConference`: then only the
 * list's own facts are there. `own` knows whose the supervisions are, and so which leg is whose.
 */
export function legsOf(call, own) {
  const conference = call.userConference ?? {};
  const { agentMemberId, contactMemberId, otherMemberIds = [], supervisors = [] } = call;
  const legs = [];
  const add = (id, who, number, { name = "", note = "", own = false } = {}) => legs.push({ id, who, name, number, note, own });
  if (agentMemberId) {
    add(agentMemberId, t("leg.agent"), call.agentNumber, { name: agentName(call), note: t(`proof.${call.agentMatch}`) });
  }
  if (contactMemberId) {
    const number = channel(conference, contactMemberId) || (call.inbound ? call.from : call.to);
    add(contactMemberId, t("leg.customer"), number, { name: call.contact?.name ?? "" });
  }
  for (const id of otherMemberIds) add(id, t("leg.other"), channel(conference, id));

  const named = new Set([agentMemberId, contactMemberId, ...otherMemberIds]);
  const rest = Object.keys(conference.memberData ?? {}).filter((id) => !named.has(id));
  for (const one of supervisors) {
    const to = own.record(one.id)?.to ?? "";
    const at = rest.findIndex((id) => to && channel(conference, id) === to);
    const [id = ""] = at < 0 ? [] : rest.splice(at, 1);
    add(id, t(own.get(one.id) ? "leg.you" : "leg.supervisor"), to, { note: othersState(one), own: Boolean(own.get(one.id)) });
  }
  for (const id of rest) add(id, t("leg.supervisor"), channel(conference, id));
  return legs;
}
