/** What is told of the whole: how fresh the calls are, what is wrong, who is exposed; and what is told aloud. */
import { ageOf, timeOfDay } from "./format.js";
import { counted, t } from "./text.js";

const element = (id) => document.getElementById(id);
const LATE = 10_000;

export class Notices {
  #said = "";
  #exposures = "";
  #trouble = null;
  #aloud = [];
  #speaking = 0;

  /** Polite, and in order: a screen reader finishes its sentence first, and hears what came meanwhile together. */
  announce(text) {
    this.#aloud.push(text);
    this.#speaking ||= requestAnimationFrame(() => {
      this.#speaking = 0;
      element("announce").textContent = this.#aloud.splice(0).join(". ");
    });
    element("announce").textContent = "";
  }

  count(shown, all, narrowed) {
    const values = { count: all, n: counted(all), shown: counted(shown) };
    const text = t(narrowed ? "calls.narrowed" : "calls.count", values);
    if (text !== this.#said) element("count").textContent = this.#said = text;
  }

  /** `trouble` is a sentence, or empty; `asOf` is when what is shown was read, 0 where nothing is; `age` (ms) how old. */
  freshness(trouble, asOf, age) {
    const late = !trouble && age !== null && age > LATE;
    const fresh = element("freshness");
    fresh.classList.toggle("live", Boolean(asOf) && !trouble && !late);
    const state = trouble || late ? (asOf ? t("asOf", { time: timeOfDay(asOf) }) : "") : asOf ? t("live") : "";
    if (fresh.textContent !== state) fresh.textContent = state;
    const problem = late ? t("status.late", { age: ageOf(age) }) : trouble;
    const text = problem && asOf && !late ? t("trouble.asOf", { trouble: problem, time: timeOfDay(asOf) }) : problem;
    element("floor").classList.toggle("old", Boolean(text));
    const told = late ? "late" : text; // an age that grows is not told again and again
    if (!late && told === this.#trouble) return;
    this.#trouble = told;
    element("trouble").textContent = text && t("trouble.goesOn", { trouble: text });
    element("trouble").hidden = !text;
  }

  /** `exposures`: [{id, text, button, press}]. The one thing that shouts, in the place of the bar. */
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
        if (button) line.append(buttonOf(button, press));
        return line;
      }),
    );
    box.hidden = !exposures.length;
    // It lies over them. The heading stays for who reads the page with another sense.
    for (const covered of document.querySelectorAll(".top > :not(.title)")) covered.inert = !box.hidden;
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
    if (button) box.append(buttonOf(button, press, "plain"));
  }
}

function buttonOf(text, press, className = "") {
  const act = document.createElement("button");
  act.type = "button";
  act.dataset.moved = "yes"; // until it is seen to stand still
  act.className = className;
  act.textContent = text;
  act.addEventListener("click", press);
  return act;
}
