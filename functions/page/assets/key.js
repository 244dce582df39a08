/** The key: from the address, from this tab's memory, from the embedding page, or asked. */
import { embedded, tell } from "./embed.js";
import { session } from "./store.js";
import { t } from "./text.js";

const PATIENCE = 1_500; // how long an embedded page waits for its key before it asks

const form = document.getElementById("key-form");
const field = document.getElementById("key");
const hint = document.getElementById("key-hint");

/** The key of `/#key=…`, taken out of the address and the history. */
function fromAddress() {
  const found = /(?:^#|&)key=([^&]*)/.exec(location.hash);
  if (!found) return "";
  const rest = location.hash.replace(found[0], "").replace(/^[#&]+/, "");
  history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return found[1];
  }
}

/**
 * The key of a link, where none is in use: whoever sends a link must not have another act under a key of theirs. A site
 * that embeds the page hands over what it likes anyway.
 */
function fromLink() {
  const key = fromAddress();
  return embedded || !session.get("key") ? key : "";
}

/** Calls `use(key, phone)` once there is a key, and again whenever there is another. Gives the way to hand one over. */
export function findKey(use) {
  const take = (key, phone = "") => {
    session.set("key", key);
    form.hidden = true;
    field.value = "";
    use(key, phone);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    take(field.value.trim());
    const [phone, search] = ["phone", "search"].map((id) => document.getElementById(id));
    (phone.value ? search : phone).focus(); // what comes next; the form is gone, and the focus with it
  });
  window.addEventListener("hashchange", () => {
    const key = fromLink();
    if (key) take(key);
  });
  const key = fromLink() || session.get("key");
  if (key) take(key);
  else if (embedded) setTimeout(() => session.get("key") || ask(), PATIENCE);
  else ask();
  return take;
}

function ask(why = t("key.hint")) {
  hint.textContent = why;
  form.hidden = false;
  field.focus();
}

/** The service does not take the key. */
export function refused() {
  session.set("key", "");
  tell("call-floor:key-refused");
  ask(t("key.refused"));
}
