/** The questions before what cannot be taken back: each says what happens, to whom, and what is left. */
import { agentName, customerNumber, number } from "./format.js";
import { t } from "./text.js";

function customerOf(call) {
  return call.contact?.name || inOneLine(customerNumber(call)) || t("who.customer");
}

/** A number that no line is broken in. */
function inOneLine(raw) {
  return number(raw).replaceAll(" ", "\u00a0");
}

/** Whether the customer is alone once this supervision has left. */
export function leavesAlone({ agentReleasedAt, id }, call) {
  if (!agentReleasedAt || !call) return false;
  const others = (call.supervisors ?? []).filter((one) => one.id !== id && one.state === "joined");
  return !others.length && !call.otherMemberIds?.length;
}

/** "Hang up Ann Lee's call?" */
export function hangingUp(call) {
  return {
    title: t("hangup.title", { agent: agentName(call) }),
    text: t("hangup.text", { customer: customerOf(call) }),
    yes: t("hangup.yes"),
    danger: true,
  };
}

/** `elsewhere`: one's own supervisions of other calls, which the phone leaves first. */
export function takingOver(call, phone, elsewhere) {
  const [agent, customer] = [agentName(call), customerOf(call)];
  const first = elsewhere.map((one) => leavingFirst(one));
  return {
    title: t("takeover.title", { agent }),
    text: [t("takeover.text", { agent, customer, phone: inOneLine(phone) }), ...first].join(" "),
    yes: t("takeover.yes", { agent }),
    danger: true,
  };
}

function leavingFirst(one) {
  const agent = agentName(one.call);
  return leavesAlone(one, one.call) ? t("move.alone", { agent, customer: customerOf(one.call) }) : t("move.first", { agent });
}

export function moving(elsewhere, call, action) {
  const values = { agent: agentName(elsewhere[0].call), next: agentName(call), action: t(action).toLocaleLowerCase() };
  const alone = elsewhere.filter((one) => leavesAlone(one, one.call)).map(leavingFirst);
  return {
    title: t("move.title", values),
    text: [t("move.text", values), ...alone].join(" "),
    yes: t("move.yes", values),
    danger: alone.length > 0,
  };
}

/** Of a call whose agent is gone: nobody but the customer is left. */
export function leavingAlone(call) {
  const [agent, customer] = [agentName(call), customerOf(call)];
  return { title: t("alone.title", { customer }), text: t("alone.text", { agent, customer }), yes: t("alone.yes"), danger: true };
}
