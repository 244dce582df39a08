/** What the page remembers. Storage may be forbidden (in a frame, by the browser); then it lasts for this page. */
class Store {
  #kept = new Map();
  #storage = null;

  constructor(name) {
    try {
      this.#storage = window[name];
    } catch {
      /* reading the property alone throws where storage is forbidden */
    }
  }

  get(key) {
    try {
      return this.#storage.getItem(key) ?? this.#kept.get(key) ?? "";
    } catch {
      return this.#kept.get(key) ?? "";
    }
  }

  set(key, value) {
    this.#kept.set(key, value);
    try {
      if (value) this.#storage.setItem(key, value);
      else this.#storage.removeItem(key);
    } catch {
      /* kept in memory */
    }
  }
}

/** Shared by the tabs of this browser: the phone, search, filter, sort. */
export const lasting = new Store("localStorage");

/** This tab's alone, gone with it: the key. */
export const session = new Store("sessionStorage");
