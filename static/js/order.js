// Order by hand: rows of [data-sort], each with a .grip to drag, or to press ↑ ↓ on. The order is that of the form's
// fields, so saving the form keeps it.
import { $, $$ } from "./dom.js";

const rows = (list) => $$(":scope > :has(.grip)", list);
const told = (grip, row) => {
  const all = rows(row.parentElement);
  all.forEach((one, at) => $(".grip", one).setAttribute("aria-label", `${$(".grip", one).dataset.name}, ${at + 1} / ${all.length}`));
  if ($("#sort-live")) $("#sort-live").textContent = grip.getAttribute("aria-label");
  grip.focus();
};
document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-sort] .grip");
  if (!grip || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const row = grip.closest("[data-sort] > *");
  const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  if (!other?.querySelector(".grip")) return;
  event.key === "ArrowUp" ? other.before(row) : other.after(row);
  told(grip, row);
});
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-sort] .grip");
  if (!grip) return;
  const row = grip.closest("[data-sort] > *");
  row.dataset.dragging = "";
  const over = (move) => {
    const at = document.elementFromPoint(move.clientX, move.clientY)?.closest("[data-sort] > *");
    if (!at || at === row || at.parentElement !== row.parentElement || !at.querySelector(".grip")) return;
    move.clientY > at.getBoundingClientRect().top + at.offsetHeight / 2 ? at.after(row) : at.before(row);
  };
  const end = () => {
    delete row.dataset.dragging;
    document.removeEventListener("pointermove", over);
    told(grip, row);
  };
  document.addEventListener("pointermove", over);
  document.addEventListener("pointerup", end, { once: true });
});
