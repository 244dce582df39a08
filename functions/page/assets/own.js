/**
 * The supervisor's own supervisions: those asked for here, in another tab, or by an automation for the same phone.
 * The list of calls says how far each one got; the service's record says whose it is and how it ended. They are kept
 * for this tab: a reload and a lost key forget none.
 */
import { Problem } from "./api.js";
import { digits } from "./format.js";
import { whileIdle } from "./idle.js";
import { session } from "./store.js";

const UNSEEN = 6_000; // after this long, a supervision that the list never showed is looked up
const LEAVING = 15_000; // after this long, a leave that had no effect may be asked for again
const LATE = 2_000; // a list made this long after the end is no older one
const OVER = ["ended", "failed"];

export class Own {
  #known = new Map(); // id -> the record, and {call, leaving, switching, asked, seen, joinedHere}
  #others = new Map(); // id -> the record of somebody else's
  #over = new Map(); // id of one's own that has ended -> when: only a newer list brings it back
  #looking = new Set();
  #api;
  #tell;
  #phone;

  /** `tell(what, supervision)` for what = "joined", "recorded", "released", "ended", "exposed", "known"; `phone()` is the number as dialled. */
  constructor(api, phone, tell) {
    this.#api = api;
    this.#phone = phone;
    this.#tell = tell;
    try {
      for (const one of JSON.parse(session.get("own") || "[]")) {
        this.#known.set(one.id, { ...one, asked: performance.now(), seen: true, leaving: 0, switching: "" });
      }
    } catch {
      /* what was kept is of another version */
    }
  }

  #keep() {
    const kept = this.all.map(({ leaving, switching, asked, seen, ...rest }) => rest);
    session.set("own", kept.length ? JSON.stringify(kept) : "");
  }

  /** `call` is what is known of its call now; kept for as long as the list does not show it. */
  add(supervision, call = null) {
    if (OVER.includes(supervision.state)) return;
    this.#others.delete(supervision.id);
    const held = this.#known.get(supervision.id);
    const before = supervision.replaces && this.#known.get(supervision.replaces);
    if (before) before.switching ||= supervision.action;
    this.#known.set(supervision.id, { call, asked: performance.now(), seen: false, ...supervision, ...held });
    this.#keep();
  }

  /** Those that are dialling or joined, the newest last. One that another takes the place of is not among them. */
  get all() {
    const replaced = new Set([...this.#known.values()].map((one) => one.replaces));
    return [...this.#known.values()].filter((one) => !replaced.has(one.id));
  }

  /** The supervision of this call that is dialling or joined, if there is one. */
  of(confId) {
    return this.all.find((one) => one.confId === confId) ?? null;
  }

  get(id) {
    return this.#known.get(id);
  }

  /** Who dialled whom, where the service has said so: for the legs of an opened call. */
  record(id) {
    return this.#known.get(id) ?? this.#others.get(id);
  }

  get ringing() {
    return this.all.some((one) => one.state === "dialing" || one.leaving || one.switching);
  }

  /** Takes in a list of calls, and when it was made. */
  see(calls, asOf) {
    const listed = new Map();
    let strangers = false;
    for (const call of calls) {
      for (const one of call.supervisors ?? []) {
        listed.set(one.id, one);
        const mine = this.#known.get(one.id);
        if (mine) {
          mine.call = call;
          this.#moved(mine, one);
        } else if (this.#back(one, asOf)) strangers = true;
        else if (!this.#over.has(one.id) && this.#stranger(one)) strangers = true;
      }
    }
    for (const one of this.#known.values()) {
      const gone = !listed.has(one.id) && (one.seen || performance.now() - one.asked > UNSEEN);
      if (gone) this.#lookUp(one);
    }
    if (strangers) this.#whose(listed);
  }

  /** Ended, and there again all the same: a phone may answer late. */
  #back({ id, state }, asOf) {
    const again = state === "joined" && this.#over.has(id) && asOf > this.#over.get(id) + LATE;
    if (again) this.#over.delete(id);
    return again;
  }

  /** Nothing is known of it, or it has joined since its record was read. */
  #stranger({ id, state }) {
    const held = this.#others.get(id);
    return !held || (state === "joined" && held.state !== "joined" && !held.again);
  }

  #moved(one, { state, exposed }) {
    const before = { ...one };
    Object.assign(one, { seen: true, state, exposed });
    if (performance.now() - one.leaving > LEAVING) one.leaving = 0;
    if (performance.now() - one.asked > 6 * LEAVING) one.switching = "";
    if (exposed && !before.exposed) this.#tell("exposed", one);
    if (state === "joined" && before.state !== "joined") {
      one.joinedHere = Date.now();
      this.#joined(one);
    }
    if (OVER.includes(state)) this.#lookUp(one);
    else if (state === "joined" && one.action === "takeover" && !one.agentReleasedAt && !one.call.agentMemberId) this.#released(one);
  }

  /** A take-over whose call shows no agent any more: the service says whether it saw the agent's leg go. */
  async #released(one) {
    await whileIdle(this.#looking, `released ${one.id}`, async () => {
      const { agentReleasedAt } = (await this.#recordOf(one)) ?? {};
      if (!agentReleasedAt || one.agentReleasedAt) return;
      one.agentReleasedAt = agentReleasedAt;
      this.#keep();
      this.#tell("released", one);
    });
  }

  /** Shown at once; told to others with the record as the service has it, where it can be read. */
  async #joined(one) {
    this.#keep();
    this.#tell("joined", one);
    const record = await this.#recordOf(one).catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
    });
    if (record && this.#known.has(one.id) && !OVER.includes(record.state)) {
      Object.assign(one, record, { agentReleasedAt: one.agentReleasedAt ?? null }); // told when the list shows it
    }
    this.#keep();
    this.#tell("recorded", one);
  }

  #ended(one) {
    if (!this.#known.delete(one.id)) return;
    this.#over.set(one.id, one.endedAt ?? Date.now());
    this.#keep();
    this.#tell("ended", one);
  }

  async #recordOf(one) {
    const { supervisions } = await this.#api.get(`supervisions?confId=${encodeURIComponent(one.confId)}`);
    return supervisions.find((each) => each.id === one.id);
  }

  /** It is not in the list any more: how did it end? Where that cannot be read, the next list asks again. */
  async #lookUp(one) {
    await whileIdle(this.#looking, one.id, async () => {
      const record = (await this.#recordOf(one)) ?? { state: "ended" };
      if (record.exposed && !one.exposed) this.#tell("exposed", { ...one, ...record });
      Object.assign(one, record);
      if (OVER.includes(record.state)) this.#ended(one);
    });
  }

  /** The list names supervisions this page did not ask for: one look at the newest records says whose they are. */
  async #whose(listed) {
    await whileIdle(this.#looking, "whose", async () => {
      const { supervisions } = await this.#api.get("supervisions?limit=200");
      const records = new Map(supervisions.map((each) => [each.id, each]));
      const mine = digits(this.#phone());
      for (const [id, shown] of listed) {
        const record = records.get(id) ?? { id };
        if (this.#known.has(id) || this.#over.has(id)) continue;
        if (mine && digits(record.to) === mine) this.add({ ...record, ...shown });
        else this.#others.set(id, { ...record, again: this.#others.has(id) });
      }
      this.#tell("known", null);
    });
  }

  /** Resolves once none of these is under way any more; to false where that takes longer than `ms`. */
  async gone(ids, ms) {
    const until = performance.now() + ms;
    while (ids.some((id) => this.#known.has(id))) {
      if (performance.now() > until) return false;
      await new Promise((done) => setTimeout(done, 100));
    }
    return true;
  }

  /** Another phone: what was somebody else's may be one's own now. */
  reconsider() {
    this.#others.clear();
  }
}

/** The record as the API has it, without what this page keeps beside it. */
export function recordOf({ call, leaving, switching, asked, seen, joinedHere, ...record }) {
  return record;
}
