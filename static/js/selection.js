// Ticked rows: count and sum, each currency for itself; Shift extends; one box ticks all of the page.
import { $, $$, root } from "./dom.js";
import { away, keep, letGo, restore } from "./ticks.js";

let last;
const money = (n, currency) => new Intl.NumberFormat(root.lang, { style: "currency", currency, maximumFractionDigits: 0 }).format(n);
const sums = (amounts) => {
  const found = new Map();
  amounts.map((amount) => amount.split(" ")).forEach(([n, currency]) => found.set(currency, (found.get(currency) ?? 0) + Number(n)));
  return [...found].sort().map(([currency, n]) => money(n, currency));
};
const show = () => {
  const boxes = $$(".row-check");
  const ticked = boxes.filter((box) => box.checked);
  const bar = $(".bulkbar");
  if (bar) {
    bar.toggleAttribute("data-open", away.size > 0);
    $("[data-sel-count]", bar).textContent = ticked.length + away.size;
    $("[data-sel-sum]", bar).textContent = sums([...ticked.map((box) => box.dataset.amount), ...away.values()]).join(" + ");
    $("[data-sel-away]", bar).hidden = !away.size;
    $("[data-sel-away] b", bar).textContent = away.size;
  }
  const all = $("[data-check-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
};
const turned = () => {
  keep();
  show();
};
const begin = () => {
  restore();
  show();
};
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-check-all]")) {
    $$(".row-check").forEach((box) => (box.checked = event.target.checked));
    return turned();
  }
  if (event.target.closest("[data-uncheck]")) {
    $$(".row-check:checked").forEach((box) => (box.checked = false));
    letGo();
    return show();
  }
  if (!event.target.matches(".row-check")) return;
  const boxes = $$(".row-check");
  if (event.shiftKey && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
  }
  last = event.target;
  turned();
});
document.addEventListener("htmx:afterSettle", begin);
begin();
