// Who picks with the pointer in [data-leads-to] goes on in the field of that id; arrow keys stay among the choices.
// After a failed post the summary of errors has the focus; the current tab of a scrolling bar is in sight.
import { $, $$ } from "./dom.js";

const settle = () => {
  $("[data-focus]:not([data-focused])")?.focus();
  $$("[data-focus]").forEach((one) => (one.dataset.focused = ""));
  $$(".tabs > [aria-current]").forEach((tab) => {
    const bar = tab.parentElement;
    bar.scrollLeft = tab.getBoundingClientRect().right - bar.getBoundingClientRect().right + 48;
  });
};
let pointed = 0;
document.addEventListener("pointerup", (event) => (pointed = event.timeStamp));
document.addEventListener("change", (event) => {
  const group = event.target.closest("[data-leads-to]");
  if (group && event.timeStamp - pointed < 200) requestAnimationFrame(() => $("#" + group.dataset.leadsTo)?.focus());
});
document.addEventListener("htmx:afterSettle", settle);
settle();
