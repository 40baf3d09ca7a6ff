// [data-pick]: a field that suggests records while typing, or on ↓; choosing one fills the hidden id beside it,
// and presses the button that adds it, if the form has one ([data-adds] names the field).
import { $, $$ } from "./dom.js";

const parts = (pick) => ({ text: $("[data-pick-text]", pick), id: $("[data-pick-id]", pick), list: $("[data-pick-list]", pick) });
const close = (pick) => {
  const { text, list } = parts(pick);
  list.hidden = true;
  text.setAttribute("aria-expanded", "false");
};
const choose = (pick, option) => {
  const { text, id } = parts(pick);
  text.value = option.dataset.name;
  id.value = option.dataset.id;
  id.dispatchEvent(new Event("change", { bubbles: true }));
  close(pick);
  $(`[data-adds="${id.name}"]`, pick.closest("form"))?.click();
};
document.addEventListener("input", (event) => {
  const pick = event.target.closest("[data-pick]");
  if (pick && event.target.matches("[data-pick-text]")) parts(pick).id.value = "";
});
document.addEventListener("htmx:afterSwap", (event) => {
  const pick = event.detail.target.closest?.("[data-pick]");
  if (!pick) return;
  const { text, list } = parts(pick);
  list.hidden = !$$("[role=option]", list).length || document.activeElement !== text;
  text.setAttribute("aria-expanded", String(!list.hidden));
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[data-pick] [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(option.closest("[data-pick]"), option);
});
document.addEventListener("focusout", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  if (pick) close(pick);
});
document.addEventListener("keydown", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  if (!pick) return;
  const { text, list } = parts(pick);
  if (list.hidden) {
    if (event.key === "ArrowDown") htmx.trigger(text, "suggest");
    return;
  }
  const options = $$("[role=option]", list);
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    options.forEach((one, index) => one.setAttribute("aria-selected", String(index === next)));
    event.target.setAttribute("aria-activedescendant", options[next].id);
  } else if (event.key === "Enter" && options[at]) {
    event.preventDefault();
    choose(pick, options[at]);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    close(pick);
  }
});
