/** What an embedding page asks for, done. Each order is checked: what comes from another site is no value of ours. */
import { onMessages, wants } from "./embed.js";
import { MODES } from "./modes.js";

/** `parts`: useKey(key, phone), phone, view, contacts, finder, calls() listed now, act(confId, action), changed(). */
export function takeOrders({ useKey, phone, view, contacts, finder, calls, act, changed }) {
  onMessages({
    key: ({ key, phone: handed }) => typeof key === "string" && key && useKey(key, typeof handed === "string" ? handed : ""),
    set: ({ theme, phone: handed, wants: wanted }) => {
      if (Array.isArray(wanted)) wants(wanted);
      contacts.ask(calls());
      if (typeof theme === "string") document.documentElement.dataset.theme = theme;
      if (typeof handed === "string") phone.set(handed);
    },
    select: ({ confId }) => finder.show(confId),
    filter: (wanted) => view.ask(wanted),
    supervise: ({ confId, action }) => MODES.includes(action) && act(confId, action),
    contacts: ({ contacts: named }) => {
      contacts.take(named);
      changed();
    },
  });
}
