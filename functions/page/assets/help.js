/** The agent's call for a supervisor: asked for with a reason, changed, taken back. */
import { agentName } from "./format.js";
import { t } from "./text.js";

const dialog = document.getElementById("help");
const reason = document.getElementById("help-reason");
const button = (value) => dialog.querySelector(`[value=${value}]`);

for (const value of ["no", "withdraw"]) button(value).addEventListener("click", () => dialog.close(value));

/** Resolves to `{reason}`, `{withdraw: true}`, or null where nothing is to be done. */
export function askForHelp(call) {
  if (dialog.open) return Promise.resolve(null);
  dialog.querySelector("h2").textContent = t("help.title", { agent: agentName(call) });
  button("ask").textContent = t(call.help ? "help.change" : "help.ask");
  button("withdraw").hidden = !call.help;
  reason.value = call.help?.reason ?? "";
  dialog.returnValue = "no";
  for (const each of dialog.querySelectorAll("button")) each.dataset.moved = "yes"; // the second click of two is not for them
  dialog.showModal();
  reason.focus();
  return new Promise((resolve) => {
    const closed = () => {
      const { returnValue } = dialog;
      if (returnValue === "ask") resolve({ reason: reason.value.trim() });
      else resolve(returnValue === "withdraw" ? { withdraw: true } : null);
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}
