// Which rows are ticked: they stay so while one pages through or sorts the same filtered list in this tab, and are let
// go once something was done with them (form[data-ends-ticks]) or another filter is looked at.
import { $, $$ } from "./dom.js";

const NAME = "ticks";
const SHAPE = ["after", "sort", "columns", "view", "totals"];
const form = () => $("form[data-ticks]");
const filter = () => {
  const query = new URLSearchParams($("[name=query]", form()).value);
  SHAPE.forEach((name) => query.delete(name));
  query.sort();
  return `${query}`;
};
const read = () => JSON.parse(sessionStorage.getItem(NAME) ?? "{}");

// What stood ticked on other pages of the list before this one was opened; each id with its amount.
export const away = new Map();

export const letGo = () => {
  sessionStorage.removeItem(NAME);
  away.clear();
  $$("[data-away]").forEach((field) => field.remove());
};
export const keep = () => {
  if (!form()) return;
  const rows = [...away, ...$$(".row-check:checked").map((box) => [box.value, box.dataset.amount])];
  sessionStorage.setItem(NAME, JSON.stringify({ filter: filter(), rows }));
};
export const restore = () => {
  if (!form() || $("[data-away]", form())) return;
  const kept = read();
  if (kept.filter !== filter()) return letGo();
  const here = new Map($$(".row-check").map((box) => [box.value, box]));
  away.clear();
  kept.rows.forEach(([id, amount]) => {
    if (here.has(id)) return (here.get(id).checked = true);
    away.set(id, amount);
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "sel", value: id });
    field.dataset.away = "";
    form().append(field);
  });
};

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-ends-ticks]")) sessionStorage.setItem(NAME, JSON.stringify({ ...read(), ended: true }));
});
if ($("main.login") || (read().ended && !$("form[data-ends-ticks]"))) letGo();
