/** Who can be heard by somebody who joined: each is told until it is over, one's own until it is understood. */
import { t } from "./text.js";
import { exposure } from "./words.js";

export class Exposures {
  #dropped = new Map(); // supervision id -> the sentence about an exposure that is over

  /** One's own supervision, exposed, has ended. */
  dropped({ id, call }) {
    this.#dropped.set(id, exposure({ call, own: true, joined: false }));
  }

  get any() {
    return this.#dropped.size > 0;
  }

  /** `[{id, text, button, press}]` of these calls; `leave(own)` leaves, `changed()` draws anew. */
  of(calls, own, leave, changed) {
    const all = [];
    for (const call of calls) {
      for (const one of call.supervisors ?? []) {
        if (!one.exposed) continue;
        const mine = own.get(one.id);
        const text = exposure({ call, own: mine, joined: true });
        all.push({ id: one.id, text, button: mine ? t("leave.now") : "", press: () => leave(mine), mine: Boolean(mine) });
      }
    }
    for (const [id, text] of this.#dropped) {
      const press = () => {
        this.#dropped.delete(id);
        changed();
      };
      all.push({ id, text, button: t("understood"), press, mine: true });
    }
    return all.sort((a, b) => Number(b.mine) - Number(a.mine));
  }
}
