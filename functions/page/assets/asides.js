/** The buttons of an opened call that are not its actions. */
import { h } from "./elements.js";
import { agentName } from "./format.js";
import { t } from "./text.js";

/** `parts`: view, rights, actions, redraw() once one of them says something else. */
export function asides(call, { view, rights, actions, redraw }) {
  const all = [];
  const button = (text, onclick) => all.push(h("button", { type: "button", className: "plain", "data-moved": "yes", onclick }, text));
  if (call.clientId) {
    button(t(view.pinned(call.clientId) ? "unpin" : "pin", { agent: agentName(call) }), () => {
      view.pin(call.clientId);
      redraw();
    });
  }
  if (call.help && rights.offers("help")) button(t("help.done"), () => actions.helped(call));
  return all;
}
