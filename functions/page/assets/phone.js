/** The supervisor's phone: as typed, as dialled, remembered. */
import { dialled, number } from "./format.js";
import { lasting } from "./store.js";
import { t } from "./text.js";

export class Phone {
  #field = document.getElementById("phone");
  #hint = document.getElementById("phone-hint");
  #changed;
  #dialled = "";

  constructor(changed) {
    this.#changed = changed;
    this.#field.addEventListener("input", () => this.#take());
    this.#field.addEventListener("blur", () => {
      if (this.#dialled) this.#field.value = number(this.#dialled);
    });
    this.set(lasting.get("phone"));
  }

  get typed() {
    return this.#field.value.trim();
  }

  get dialled() {
    return this.#dialled;
  }

  set(value) {
    this.#field.value = number(dialled(value)) || value;
    this.#take();
  }

  #take() {
    this.#dialled = dialled(this.typed);
    lasting.set("phone", this.typed);
    const why = this.typed ? t("phone.partial") : t("phone.needed");
    this.#hint.textContent = this.#dialled ? "" : why;
    this.#changed();
  }
}
