/** The page's words, one table a language: `words-<code>.js`. A language that lacks a sentence says it in English. */

const languages = new Map();
let words = {};
let english = {};
let plurals = new Intl.PluralRules("en");

let code = "en";

/** The code of the language spoken, for dates and numbers too. */
export function spoken() {
  return code;
}

export function language(named, table) {
  languages.set(named, table);
  if (named === "en") english = words = table;
}

/** Speaks the first of these languages that there is a table for ("es-MX" is "es"); English where there is none. */
export function speak(wanted) {
  const codes = wanted.map((one) => one.toLowerCase().split("-")[0]);
  code = codes.find((one) => languages.has(one)) ?? "en";
  words = languages.get(code);
  plurals = new Intl.PluralRules(code);
  document.documentElement.lang = code;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  const { content } = document.getElementById("row");
  for (const node of content.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}

/** The sentence of that name, its `{places}` filled; `{count}` also chooses between "one" and "other". */
export function t(name, values = {}) {
  let sentence = words[name] ?? english[name] ?? name;
  if (typeof sentence !== "string") sentence = sentence[plurals.select(values.count)] ?? sentence.other;
  return sentence.replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

/** Whether there is such a sentence. */
export function said(name) {
  return name in words || name in english;
}

/** "Ann, Bea and Cid", in the language spoken. */
export function listed(names) {
  return new Intl.ListFormat(code, { type: "conjunction" }).format(names);
}

export function counted(number) {
  return number.toLocaleString(code);
}
