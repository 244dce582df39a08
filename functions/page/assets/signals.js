/** What is told where nobody looks: the tab's title and icon, a sound, a notification. The last two are asked for, once. */
import { lasting } from "./store.js";
import { t } from "./text.js";

const TONES = { joined: [660, 880], exposed: [880, 440, 880, 440], dropped: [520, 390], released: [660, 520], help: [740, 740] };
const icons = Object.fromEntries(
  [...document.querySelectorAll("meta[name^=icon-]")].map((meta) => [meta.name.slice(5), meta.content]),
);

export class Signals {
  #icon = document.querySelector("link[rel=icon]");
  #plain = this.#icon.href;
  #button = document.getElementById("signals");
  #question = document.getElementById("signals-ask");
  #sound = null;

  constructor() {
    this.#button.addEventListener("click", () => this.#choose(lasting.get("signals") !== "on"));
    for (const answer of this.#question.querySelectorAll("button")) {
      answer.addEventListener("click", () => this.#choose(answer.value === "yes"));
    }
    this.#show();
  }

  /** Whether it is still to be asked for. */
  get unasked() {
    return !lasting.get("signals");
  }

  async #choose(on) {
    lasting.set("signals", on ? "on" : "off");
    this.#show();
    if (!on) return;
    this.#play("joined");
    if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  }

  #show() {
    this.#button.setAttribute("aria-pressed", String(lasting.get("signals") === "on"));
    if (this.unasked) return;
    this.#question.hidden = true;
    document.body.classList.remove("asking");
  }

  /** `kind` is of who hears one (see heard.js), or empty; `agent` whose call. */
  state(kind, action, agent) {
    let name = "";
    if (kind === "exposed" || kind === "lost") name = t(`title.${kind}`);
    else if (kind === "ringing" || kind === "unknown") name = t(`title.${kind}`, { agent });
    else if (kind === "alone") name = t("title.alone", { agent });
    else if (kind) name = t(`title.${action}`, { agent });
    const title = [name, t("title")].filter(Boolean).join(" – ");
    if (document.title !== title) document.title = title;
    const icon = icons[{ lost: "unknown", alone: "everyone" }[kind] ?? kind] ?? this.#plain;
    if (this.#icon.getAttribute("href") !== icon) this.#icon.setAttribute("href", icon);
  }

  /** `what`: joined, exposed, dropped, released or help. */
  tell(what, sentence) {
    if (lasting.get("signals") !== "on") return;
    this.#play(what);
    if ("Notification" in window && Notification.permission === "granted" && document.hidden) {
      new Notification(sentence, { tag: `call-floor ${what}` });
    }
  }

  #play(what) {
    try {
      this.#sound ??= new AudioContext();
      const start = this.#sound.currentTime;
      TONES[what].forEach((pitch, nth) => {
        const [tone, loudness] = [this.#sound.createOscillator(), this.#sound.createGain()];
        tone.frequency.value = pitch;
        loudness.gain.setValueAtTime(0.12, start + nth * 0.16);
        loudness.gain.exponentialRampToValueAtTime(0.001, start + nth * 0.16 + 0.15);
        tone.connect(loudness).connect(this.#sound.destination);
        tone.start(start + nth * 0.16);
        tone.stop(start + nth * 0.16 + 0.15);
      });
    } catch {
      /* a browser without sound */
    }
  }
}
