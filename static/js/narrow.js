// select[data-of="category"]: parts grouped by their whole. Only those of the whole that is chosen in the select of that
// name, in the same form, are offered; all of them while none is chosen. The server refuses any other pair.
import { $$ } from "./dom.js";

const groups = new WeakMap();
const narrow = (part, chosen) => {
  const whole = part.form?.elements.namedItem(part.name.replace(/[^-]+$/, part.dataset.of));
  if (!whole?.options) return;
  if (!groups.has(part)) groups.set(part, $$("optgroup", part));
  const name = whole.value && whole.selectedOptions[0].label;
  const fits = (group) => !name || group.label === name || (!chosen && $$("option", group).some((one) => one.selected));
  const kept = groups.get(part).filter(fits);
  const value = part.value;
  groups.get(part).forEach((group) => group.remove());
  part.append(...kept);
  part.value = $$("option", part).some((one) => one.value === value) ? value : "";
};
const within = (form) => $$("select[data-of]", form);

document.addEventListener("change", (event) => {
  const { form, name } = event.target;
  if (form && event.target.matches("select")) within(form).forEach((part) => name.endsWith(part.dataset.of) && narrow(part, true));
});
document.addEventListener("htmx:load", (event) => within(event.detail.elt).forEach((part) => narrow(part, false)));
