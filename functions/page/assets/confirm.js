/** Asks before what cannot be taken back. Resolves to yes or no; Escape is no, and the focus starts on no. */
import { questions } from "./question.js";

const dialog = document.getElementById("confirm");
const ask = questions(dialog);

for (const button of dialog.querySelectorAll("button")) {
  button.addEventListener("click", () => dialog.close(button.value));
}

/** `danger`: what it does cannot be taken back. */
export async function confirm({ title, text, yes, danger = false }) {
  if (dialog.open) return false;
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.classList.toggle("danger", danger);
  return (await ask()) === "yes";
}
