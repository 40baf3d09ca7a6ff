// Dialogs: [data-dialog="id"] opens one, [data-close] closes it, a click on the backdrop too.
// Enter answers, from a list too. dialog[data-loads] opens when htmx has put something into it: a link with hx-target="#dialog".
import { $ } from "./dom.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    return $("#" + opener.dataset.dialog)?.showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    return closer.closest("dialog").close();
  }
  if (event.target.matches("dialog")) event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("dialog form select")) return;
  event.preventDefault();
  event.target.form.requestSubmit($("[data-submit]", event.target.form) ?? undefined);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target;
  if (dialog.matches?.("dialog[data-loads]") && dialog.open && !dialog.childElementCount) return dialog.close();
  if (dialog.matches?.("dialog[data-loads]") && !dialog.open && dialog.childElementCount) {
    dialog.setAttribute("aria-labelledby", $("h2", dialog)?.id ?? "");
    dialog.showModal();
    $("[autofocus]", dialog)?.focus();
  }
});
document.addEventListener("close", (event) => event.target.matches?.("dialog[data-loads]") && event.target.replaceChildren(), true);
