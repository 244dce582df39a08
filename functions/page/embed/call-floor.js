/**
 * <call-floor>: the active calls within a CRM. `<script src="https://YOUR-API/embed.js"></script>` defines it.
 * What it takes, tells and can do is written in `/embed.d.ts`.
 */
(() => {
  const home = document.currentScript?.src ? new URL(".", document.currentScript.src).href : "";
  const PREFIX = "call-floor:";

  class CallFloor extends HTMLElement {
    static observedAttributes = ["theme", "phone"];
    #frame = document.createElement("iframe");
    #origin = "";
    #waiting = []; // messages from before the page was ready
    #ready = false;

    /** `async ({refused}) => key`, or `{key, phone}`: asked for when the page is ready, and when a key is refused. */
    getKey = null;

    /** `async (contactIds) => ({[contactId]: {name, dnc}})`. */
    getContacts = null;

    constructor() {
      super();
      const style = new CSSStyleSheet();
      style.replaceSync(":host { display: block; min-height: 20rem; } iframe { display: block; width: 100%; height: 100%; border: 0; }");
      const root = this.attachShadow({ mode: "closed" });
      root.adoptedStyleSheets = [style];
      root.append(this.#frame);
    }

    connectedCallback() {
      window.addEventListener("message", this.#hear);
      const url = new URL(this.getAttribute("src") || home || location.href);
      for (const name of ["agent", "call", "lang", "theme"]) {
        if (this.hasAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      }
      this.#origin = url.origin;
      this.#frame.title = this.getAttribute("label") || "Active calls";
      this.#frame.allow = "autoplay";
      this.#frame.src = url.href;
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.#hear);
      this.#ready = false;
    }

    attributeChangedCallback(name, before, value) {
      if (this.#ready && value !== null) this.#send("set", { [name]: value });
    }

    /** Opens that call. */
    select(confId) {
      this.#send("select", { confId });
    }

    /** Narrows the list: `{search, direction, chips}`, each optional. */
    filter(wanted) {
      this.#send("filter", wanted);
    }

    /** What the buttons of that call do: "listen", "whisper" or "barge". */
    supervise(confId, action) {
      this.#send("supervise", { confId, action });
    }

    /** Hands the page another key. */
    setKey(key, phone) {
      this.#send("key", { key, phone });
    }

    #send(name, data) {
      if (!this.#ready && name !== "key") this.#waiting.push([name, data]);
      else this.#frame.contentWindow?.postMessage({ ...data, type: PREFIX + name }, this.#origin);
    }

    #hear = ({ source, origin, data }) => {
      if (source !== this.#frame.contentWindow || origin !== this.#origin || typeof data?.type !== "string") return;
      if (data.type === "call-floor:ready") this.#key(false);
      else if (data.type === "call-floor:key-refused") this.#key(true);
      else if (data.type === "call-floor:contacts-wanted") this.#contacts(data.contactIds);
      else if (data.type === "call-floor:size") this.#size(data.height);
      const { type, ...detail } = data;
      this.dispatchEvent(new CustomEvent(type.replace(PREFIX, ""), { detail }));
    };

    async #key(refused) {
      const given = this.getKey ? await this.getKey({ refused }) : null;
      const { key, phone } = typeof given === "string" ? { key: given } : (given ?? {});
      if (key) this.setKey(key, phone ?? this.getAttribute("phone") ?? "");
      this.#ready = true;
      this.#send("set", { wants: [...(this.hasAttribute("fill") ? [] : ["size"]), ...(this.getContacts ? ["contacts"] : [])] });
      for (const [name, data] of this.#waiting.splice(0)) this.#send(name, data);
    }

    async #contacts(ids) {
      if (this.getContacts) this.#send("contacts", { contacts: await this.getContacts(ids) });
    }

    /** As high as its calls, within the window; an element with the attribute `fill` is as high as its CSS says. */
    #size(height) {
      if (!this.hasAttribute("fill")) this.style.height = `min(${height}px, max(20rem, 90vh))`;
    }
  }

  if (!customElements.get("call-floor")) customElements.define("call-floor", CallFloor);
})();
