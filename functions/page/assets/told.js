/** What is told of what happens: aloud, by sound and notification, under the call, and to the embedding page. */
import { tell } from "./embed.js";
import { agentName } from "./format.js";
import { recordOf } from "./own.js";
import { counted, t } from "./text.js";
import { ending, exposure, newCall } from "./words.js";

const MANY = 3; // more new calls than this are counted, not named
const CALM = 15_000; // they are told together after this, so that what matters more is heard between them

export class Told {
  #parts;
  #fresh = []; // new calls that were not told yet
  #toldAt = -Infinity;
  #later = 0;

  /** `parts`: notices, notes, signals, exposures, heard(own) who hears it, changed() once something is to be drawn. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The calls that one list has and the last had not; and whose agents ask for help since. */
  news(before, calls) {
    const { notices, signals } = this.#parts;
    const known = new Map(before.map((call) => [call.confId, call]));
    this.#fresh.push(...calls.filter((call) => !known.has(call.confId)));
    if (this.#fresh.length) this.#later ||= setTimeout(() => this.#tellFresh(), Math.max(0, this.#toldAt + CALM - performance.now()));
    for (const call of calls) {
      if (!call.help || known.get(call.confId)?.help) continue;
      const reason = call.help.reason ?? "";
      const sentence = t(reason ? "help.new.reason" : "help.new", { agent: agentName(call), reason });
      notices.announce(sentence);
      signals.tell("help", sentence);
    }
  }

  #tellFresh() {
    const fresh = this.#fresh.splice(0);
    [this.#later, this.#toldAt] = [0, performance.now()];
    const many = fresh.length > MANY;
    this.#parts.notices.announce(many ? t("calls.new", { count: fresh.length, n: counted(fresh.length) }) : fresh.map(newCall).join(". "));
  }

  /** Something became of one's own supervision: "known", "joined", "recorded", "released", "exposed" or "ended". */
  happened(what, supervision) {
    const { notices, notes, signals, exposures, heard, changed } = this.#parts;
    if (what === "known") return changed();
    const { confId, state, call, exposed } = supervision;
    if (what === "ended" && !supervision.switching) {
      const sentence = ending(supervision);
      if (exposed) exposures.dropped(supervision);
      notes.say(confId, sentence, { problem: state === "failed" });
      notices.announce(sentence);
      if (!supervision.leaving) signals.tell("dropped", sentence);
    }
    if (what === "joined") {
      notices.announce(heard(supervision).sentence);
      signals.tell("joined", `${agentName(call)}: ${heard(supervision).sentence}`);
    }
    if (what === "released") {
      notices.announce(heard(supervision).sentence);
      signals.tell("released", heard(supervision).sentence);
    }
    if (what === "exposed") signals.tell("exposed", exposure({ call, own: true, joined: true }));
    if (what === "recorded") tell("supervision-joined", { supervision: recordOf(supervision), call });
    else if (what === "released") tell("agent-released", { supervision: recordOf(supervision), call });
    else if (what !== "joined") tell(`supervision-${what}`, { supervision: recordOf(supervision), call });
    changed();
  }
}
