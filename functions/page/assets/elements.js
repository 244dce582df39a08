/** Elements made from data: what is text stays text, whatever is in it. */

/** `<name …properties>children</name>`; a property with a dash, or that is no property of its own, is an attribute. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text in which `…` is code. */
export function prose(text = "") {
  return text.split("`").map((part, nth) => (nth % 2 ? h("code", {}, part) : part));
}

export function link(id, text = id) {
  return h("a", { href: `#${id}` }, text);
}

export function table(headings, rows) {
  if (!rows.length) return null;
  const head = h("tr", {}, headings.map((heading) => h("th", { scope: "col" }, heading)));
  return h("div", { className: "wide" }, h("table", {}, h("thead", {}, head), h("tbody", {}, rows)));
}

export function row(id, ...cells) {
  return h("tr", id ? { id } : {}, cells.map((cell) => h("td", {}, cell)));
}
