// Ticked rows: count and sum; Shift extends; one box ticks all of the page.
import { $, $$, root } from "./dom.js";

let last;
const money = (n) => new Intl.NumberFormat(root.lang, { style: "currency", currency: "EUR", maximumFractionDigits: 0 }).format(n);
const show = () => {
  const boxes = $$(".row-check");
  const ticked = boxes.filter((box) => box.checked);
  if ($("[data-sel-count]")) {
    $("[data-sel-count]").textContent = ticked.length;
    $("[data-sel-sum]").textContent = money(ticked.reduce((sum, box) => sum + Number(box.dataset.amount), 0));
  }
  const all = $("[data-check-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
};
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-check-all]")) {
    $$(".row-check").forEach((box) => (box.checked = event.target.checked));
    return show();
  }
  if (event.target.closest("[data-uncheck]")) {
    $$(".row-check:checked").forEach((box) => (box.checked = false));
    return show();
  }
  if (!event.target.matches(".row-check")) return;
  const boxes = $$(".row-check");
  if (event.shiftKey && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
  }
  last = event.target;
  show();
});
document.addEventListener("htmx:afterSettle", show);
show();
