/** Asks before what cannot be taken back. Resolves to yes or no; Escape is no, and the focus starts on no. */
const dialog = document.getElementById("confirm");

for (const button of dialog.querySelectorAll("button")) {
  button.addEventListener("click", () => dialog.close(button.value));
}

/** `danger`: what it does cannot be taken back. */
export function confirm({ title, text, yes, danger = false }) {
  if (dialog.open) return Promise.resolve(false);
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.classList.toggle("danger", danger);
  dialog.returnValue = "no";
  for (const button of dialog.querySelectorAll("button")) button.dataset.moved = "yes"; // the second click of two is not for them
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
