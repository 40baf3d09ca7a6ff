// The palette: the first result is chosen, arrows choose another, Enter opens it; while results are still on their way,
// Enter opens the page of results.
import { $, $$ } from "./dom.js";

const options = () => $$('#palette-list [role="option"]');
const choose = (at) => {
  options().forEach((option, index) => option.setAttribute("aria-selected", index === at));
  $("[data-palette]").setAttribute("aria-activedescendant", options()[at]?.id ?? "");
};
document.addEventListener("input", (event) => event.target.matches?.("[data-palette]") && choose(-1));
document.addEventListener("htmx:afterSwap", (event) => event.detail.target.id === "palette-list" && choose(0));
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-palette]");
  if (!input) return;
  const found = options();
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (["ArrowDown", "ArrowUp"].includes(event.key) && found.length) {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
    choose(next);
    found[next].scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && found[at]) {
    event.preventDefault();
    event.ctrlKey || event.metaKey ? window.open(found[at].href) : found[at].click();
  }
});
$("#palette")?.addEventListener("close", () => choose(-1));
