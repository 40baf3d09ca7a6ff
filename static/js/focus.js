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
document.addEventListener("htmx:afterSettle", settle);
settle();
