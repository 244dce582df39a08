/**
 * The supervisor's own supervisions: those asked for here, in another tab, or by an automation for the same phone.
 * The list of calls says how far each one got; the service's record says whose it is and how it ended.
 */
import { digits } from "./format.js";
import { whileIdle } from "./idle.js";

const UNSEEN = 6_000; // after this long, a supervision that the list never showed is looked up
const LEAVING = 15_000; // after this long, a leave that had no effect may be asked for again

export class Own {
  #known = new Map(); // id -> {id, action, confId, to, state, exposed, leaving, asked, seen}
  #others = new Map(); // id -> the record of somebody else's
  #looking = new Set();
  #api;
  #tell;
  #phone;

  /** `tell(what, supervision)` for what = "joined", "ended", "exposed"; `phone()` is the number as dialled. */
  constructor(api, phone, tell) {
    this.#api = api;
    this.#phone = phone;
    this.#tell = tell;
  }

  add(supervision) {
    if (["ended", "failed"].includes(supervision.state)) return;
    this.#others.delete(supervision.id);
    const held = this.#known.get(supervision.id);
    this.#known.set(supervision.id, { ...supervision, asked: performance.now(), seen: false, ...held });
  }

  /** The supervision of this call that is dialling or joined, if there is one. */
  of(confId) {
    for (const one of this.#known.values()) if (one.confId === confId) return one;
    return null;
  }

  get(id) {
    return this.#known.get(id);
  }

  /** Who dialled whom, where the service has said so: for the legs of an opened call. */
  record(id) {
    return this.#known.get(id) ?? this.#others.get(id);
  }

  get ringing() {
    return [...this.#known.values()].some((one) => one.state === "dialing" || one.leaving);
  }

  get exposed() {
    return [...this.#known.values()].filter((one) => one.exposed);
  }

  /** Takes in a list of calls. */
  see(calls) {
    const listed = new Map();
    let strangers = false;
    for (const call of calls) {
      for (const one of call.supervisors ?? []) {
        listed.set(one.id, one);
        if (this.#known.has(one.id)) this.#moved(this.#known.get(one.id), one);
        else if (!this.#others.has(one.id)) strangers = true;
      }
    }
    for (const one of this.#known.values()) {
      const gone = !listed.has(one.id) && (one.seen || performance.now() - one.asked > UNSEEN);
      if (gone) this.#lookUp(one);
    }
    if (strangers) this.#whose(listed);
  }

  #moved(one, { state, exposed }) {
    const before = { ...one };
    Object.assign(one, { seen: true, state, exposed });
    if (performance.now() - one.leaving > LEAVING) one.leaving = 0;
    if (exposed && !before.exposed) this.#tell("exposed", one);
    if (state === "joined" && before.state !== "joined") this.#tell("joined", one);
    if (state === "ended" || state === "failed") this.#over(one);
  }

  #over(one) {
    if (!this.#known.delete(one.id)) return;
    this.#tell("ended", one);
  }

  /** It is not in the list any more: how did it end? Where that cannot be read, the next list asks again. */
  async #lookUp(one) {
    await whileIdle(this.#looking, one.id, async () => {
      const { supervisions } = await this.#api.get(`supervisions?confId=${encodeURIComponent(one.confId)}`);
      const record = supervisions.find((each) => each.id === one.id) ?? { ...one, state: "ended" };
      if (record.exposed && !one.exposed) this.#tell("exposed", { ...one, ...record });
      Object.assign(one, { state: record.state, exposed: record.exposed });
      if (record.state === "ended" || record.state === "failed") this.#over(one);
    });
  }

  /** The list names supervisions this page did not ask for: one look at the newest records says whose they are. */
  async #whose(listed) {
    await whileIdle(this.#looking, "whose", async () => {
      const { supervisions } = await this.#api.get("supervisions?limit=200");
      const records = new Map(supervisions.map((each) => [each.id, each]));
      const mine = digits(this.#phone());
      for (const id of listed.keys()) {
        const record = records.get(id) ?? { id };
        if (this.#known.has(id)) continue;
        if (mine && digits(record.to) === mine) this.add({ ...record, ...listed.get(id) });
        else this.#others.set(id, record);
      }
      this.#tell("known", null);
    });
  }

  /** Another phone: what was somebody else's may be one's own now. */
  reconsider() {
    this.#others.clear();
  }
}
