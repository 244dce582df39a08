/** Who is on an opened call. */
import { agentName } from "./format.js";
import { PROOF, othersState } from "./words.js";

/** `memberData` is a map of member id to JSON in a string; an entry that cannot be read is a leg without a number. */
function channel(conference, memberId) {
  try {
    return JSON.parse(conference.memberData[memberId])?.channelName ?? "";
  } catch {
    return "";
  }
}

/**
 * Every leg as `{id, who, name, number, note}`, the agent's first. `call` may lack its `userConference`: then only the
 * list's own facts are there. `own` knows whose the supervisions are, and so which leg is whose.
 */
export function legsOf(call, own) {
  const conference = call.userConference ?? {};
  const { agentMemberId, contactMemberId, otherMemberIds = [], supervisors = [] } = call;
  const legs = [];
  const add = (id, who, number, { name = "", note = "" } = {}) => legs.push({ id, who, name, number, note });
  if (agentMemberId) {
    add(agentMemberId, "Agent", call.agentNumber, { name: agentName(call), note: PROOF[call.agentMatch] });
  }
  if (contactMemberId) {
    const number = channel(conference, contactMemberId) || (call.inbound ? call.from : call.to);
    add(contactMemberId, "Customer", number, { name: call.contact ?? "" });
  }
  for (const id of otherMemberIds) add(id, "Other", channel(conference, id));

  const named = new Set([agentMemberId, contactMemberId, ...otherMemberIds]);
  const rest = Object.keys(conference.memberData ?? {}).filter((id) => !named.has(id));
  for (const one of supervisors) {
    const to = own.record(one.id)?.to ?? "";
    const at = rest.findIndex((id) => to && channel(conference, id) === to);
    const [id = ""] = at < 0 ? [] : rest.splice(at, 1);
    add(id, own.get(one.id) ? "You" : "Supervisor", to, { note: othersState(one) });
  }
  for (const id of rest) add(id, "Supervisor", channel(conference, id));
  return legs;
}
