/** The agent's call for a supervisor: asked for with a reason, changed, taken back. */
import { agentName } from "./format.js";
import { questions } from "./question.js";
import { t } from "./text.js";

const dialog = document.getElementById("help");
const reason = document.getElementById("help-reason");
const ask = questions(dialog, () => [dialog.returnValue, reason.value.trim()]);
const button = (value) => dialog.querySelector(`[value=${value}]`);

for (const value of ["no", "withdraw"]) button(value).addEventListener("click", () => dialog.close(value));

/** Resolves to `{reason}`, `{withdraw: true}`, or null where nothing is to be done. */
export async function askForHelp(call) {
  if (dialog.open) return null;
  dialog.querySelector("h2").textContent = t("help.title", { agent: agentName(call) });
  button("ask").textContent = t(call.help ? "help.change" : "help.ask");
  button("withdraw").hidden = !call.help;
  const answered = ask();
  reason.value = call.help?.reason ?? "";
  reason.focus();
  const [answer, why] = await answered;
  if (answer === "ask") return { reason: why };
  return answer === "withdraw" ? { withdraw: true } : null;
}
