/** Customers' names: as Ytel has them, else as the embedding CRM answers, which is asked once for each. */
import { isWanted, tell } from "./embed.js";

export class Contacts {
  #known = new Map(); // contactId -> {name, dnc}
  #asked = new Set();
  #dressed = new WeakMap(); // call -> the same with its contact

  /** Takes in `{contactId: {name, dnc}}`. */
  take(contacts) {
    for (const [id, one] of Object.entries(contacts ?? {})) {
      if (typeof one?.name === "string") this.#known.set(id, { name: one.name, dnc: one.dnc === true });
    }
    this.#dressed = new WeakMap();
  }

  /** Asks the CRM for those of these calls that nobody has named yet. */
  ask(calls) {
    if (!isWanted("contacts")) return;
    const ids = calls.filter(({ contact, contactId }) => contactId && !contact && !this.#asked.has(contactId)).map((call) => call.contactId);
    if (!ids.length) return;
    for (const id of ids) this.#asked.add(id);
    tell("call-floor:contacts-wanted", { contactIds: ids });
  }

  /** The call with its customer's name, where it is known; the same object for the same call. */
  of(call) {
    const found = call.contact ? null : this.#known.get(call.contactId);
    if (!found) return call;
    if (!this.#dressed.has(call)) this.#dressed.set(call, { ...call, contact: found });
    return this.#dressed.get(call);
  }
}
