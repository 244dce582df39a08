/** What stands above the calls: how fresh they are, what is wrong, who is exposed; and what is told aloud. */
import { plural, timeOfDay } from "./format.js";

const element = (id) => document.getElementById(id);

export class Notices {
  #said = "";
  #exposures = "";
  #trouble = null;

  /** Polite, and in order: a screen reader finishes its sentence first. */
  announce(text) {
    const line = element("announce");
    line.textContent = "";
    requestAnimationFrame(() => (line.textContent = text));
  }

  count(shown, all, narrowed) {
    const text = narrowed ? `${shown.toLocaleString("en")} of ${plural(all, "call")}` : plural(all, "call");
    if (text !== this.#said) element("count").textContent = this.#said = text;
  }

  /** `trouble` is a sentence, or empty; `asOf` is when what is shown was read, 0 where nothing is. */
  freshness(trouble, asOf) {
    const text = trouble && asOf ? `${trouble} The calls are shown as of ${timeOfDay(asOf)}.` : trouble;
    if (text === this.#trouble) return;
    this.#trouble = text;
    const fresh = element("freshness");
    fresh.textContent = trouble ? (asOf ? `As of ${timeOfDay(asOf)}` : "") : "Live";
    fresh.classList.toggle("live", !trouble);
    element("trouble").textContent = text && `${text} This page goes on by itself.`;
    element("trouble").hidden = !text;
    element("floor").classList.toggle("old", Boolean(text));
  }

  /** `exposures`: [{id, text, button, press}]. The one thing that shouts: in the page, in its title, at once. */
  expose(exposures) {
    const signature = exposures.map(({ id, text, button }) => `${id} ${text} ${button}`).join("\n");
    if (signature === this.#exposures) return;
    this.#exposures = signature;
    const box = element("exposure");
    box.replaceChildren(
      ...exposures.map(({ text, button, press }) => {
        const line = document.createElement("p");
        const sentence = document.createElement("strong");
        sentence.textContent = text;
        line.append(sentence);
        if (button) {
          const act = document.createElement("button");
          act.type = "button";
          act.textContent = button;
          act.addEventListener("click", press);
          line.append(act);
        }
        return line;
      }),
    );
    box.hidden = !exposures.length;
    document.title = exposures.length ? "EXPOSED – Active calls" : "Active calls";
  }

  /** In the place of the rows: `text`, and a button where there is something to do about it. */
  empty(text, button = "", press = null) {
    const box = element("empty");
    box.hidden = !text;
    element("table").hidden = Boolean(text);
    if (box.dataset.text === text) return;
    box.dataset.text = text;
    const line = document.createElement("p");
    line.textContent = text;
    box.replaceChildren(line);
    if (button) {
      const act = document.createElement("button");
      act.type = "button";
      act.className = "plain";
      act.textContent = button;
      act.addEventListener("click", press);
      box.append(act);
    }
  }
}
