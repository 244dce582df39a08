/**
 * The one question that a modal dialog asks at a time. The browser tells that a dialog has closed a little after it has:
 * by then it may be open for the next question, which that is no answer to.
 */
export function questions(dialog) {
  let resolve = null;
  const settle = () => {
    resolve?.(dialog.returnValue);
    resolve = null;
  };
  dialog.addEventListener("close", () => {
    if (!dialog.open) settle();
  });
  /** Opens it. Resolves to the value of the button that closed it; to "no" where none did. */
  return () => {
    settle();
    dialog.returnValue = "no";
    for (const button of dialog.querySelectorAll("button")) button.dataset.moved = "yes"; // the second click of two is not for them
    dialog.showModal();
    return new Promise((answered) => {
      resolve = answered;
    });
  };
}
