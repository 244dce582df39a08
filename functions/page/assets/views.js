/** What each row is drawn from: the call, and all that this page knows beside it. */
import { ON_A_CALL } from "./modes.js";

export class Views {
  #parts;
  #context = {}; // what holds for every row; another object when it is another
  #now = this.#context; // as it is drawn now
  #mine = new Map(); // confId -> one's own supervision, as it is drawn now

  /** `parts`: rights, phone, own, detail, notes, actions, view, heard(own) who hears it. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The same object for as long as the phone and what the key may do are the same. */
  get context() {
    const { rights, phone } = this.#parts;
    const { dialled, typed } = phone;
    const may = ON_A_CALL.map((action) => rights.offers(action) && rights.may(action)).join();
    if (this.#context.phone !== dialled || this.#context.typed !== typed || this.#context.rights !== may) {
      this.#context = {
        phone: dialled, typed, rights: may,
        may: (action) => rights.may(action),
        offers: (action, inLine) => rights.offers(action) && (action !== "help" || inLine !== rights.dials),
      };
    }
    return this.#context;
  }

  /** The rows are about to be drawn: what is one's own is looked up once for all of them. */
  renew() {
    this.#now = this.context;
    this.#mine = new Map(this.#parts.own.all.map((one) => [one.confId, one]));
  }

  of(call, ended) {
    const { detail, notes, actions, view, own, heard } = this.#parts;
    const { confId } = call;
    const mine = this.#mine.get(confId) ?? null;
    const open = detail.confId === confId;
    return {
      call, ended, open,
      context: this.#now,
      own: mine,
      heard: mine && heard(mine),
      note: notes.of(confId),
      busy: actions.busy(confId),
      pinned: view.pinned(call.clientId),
      since: (id) => own.record(id)?.joinedAt,
      refusals: open ? detail.refusals : null,
    };
  }
}
