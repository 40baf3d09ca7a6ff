// [data-inline]: a value edited where it stands. ↵ saves, Esc gives up, leaving it saves what was changed; a field
// that somebody else changed meanwhile is saved or given up by its buttons only.
import { $ } from "./dom.js";

const typed = (form) => new URLSearchParams(new FormData(form)).toString();
const giveUp = (form, focus) => {
  const value = form.previousElementSibling;
  form.remove();
  if (focus) value?.focus();
};
let edited = "";
document.addEventListener("htmx:load", (event) => {
  const form = event.target.matches?.("[data-inline]") ? event.target : null;
  if (!form) return;
  form.dataset.was = form.dataset.was ?? typed(form);
  const input = $("[aria-invalid], input:not([type=hidden]), select, textarea", form);
  input?.focus();
  if (input?.matches("input:not([type=date])")) input.select();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-inline]");
  if (!form || event.key !== "Escape") return;
  event.preventDefault();
  giveUp(form, true);
});
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-give-up]")?.closest("[data-inline]");
  if (!form || "clash" in form.dataset) return;
  event.preventDefault();
  giveUp(form, true);
});
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-inline]");
  if (!form || form.contains(event.relatedTarget)) return;
  setTimeout(() => {
    if (!form.isConnected || form.contains(document.activeElement) || !document.hasFocus()) return;
    if ("clash" in form.dataset || form.classList.contains("htmx-request")) return;
    if (typed(form) === form.dataset.was) giveUp(form, false);
    else form.requestSubmit();
  }, 120);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-inline]")) edited = event.target.id.replace("inline", "edit");
});
document.addEventListener("htmx:afterSettle", () => {
  const value = edited && document.activeElement === document.body && document.getElementById(edited);
  if (!value || value.nextElementSibling?.matches("[data-inline]")) return;
  value.focus({ preventScroll: true });
  edited = "";
});
