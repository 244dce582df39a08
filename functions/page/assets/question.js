/**
 * The one question that a modal dialog asks at a time. The browser tells that a dialog has closed a little after it has:
 * by then it may be open for the next question, which that is no answer to.
 */
export function questions(dialog, read = () => dialog.returnValue) {
  let resolve = null;
  const settle = () => {
    resolve?.(read());
    resolve = null;
  };
  dialog.addEventListener("close", () => {
    if (!dialog.open) settle();
  });
  /** Opens it. Resolves to what is read once it is closed: the value of the button, or "no" where none closed it. */
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
