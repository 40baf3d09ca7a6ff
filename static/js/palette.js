// The palette: arrows choose a result, Enter opens it; without a choice Enter opens the page of results.
import { $, $$ } from "./dom.js";

const choose = (options, at) => options.forEach((option, index) => option.setAttribute("aria-selected", index === at));
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-palette]");
  if (!input) return;
  const options = $$('#palette-list [role="option"]');
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (["ArrowDown", "ArrowUp"].includes(event.key) && options.length) {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    choose(options, next);
    input.setAttribute("aria-activedescendant", options[next].id);
    options[next].scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && options[at]) {
    event.preventDefault();
    event.ctrlKey || event.metaKey ? window.open(options[at].href) : options[at].click();
  }
});
$("#palette")?.addEventListener("close", () => $("[data-palette]").setAttribute("aria-activedescendant", ""));
