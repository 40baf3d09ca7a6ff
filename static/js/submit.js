// [data-submit-on-change]: choosing sends the form at once. form[data-lean]: what is blank is not sent.
import { $$ } from "./dom.js";

document.addEventListener("change", (event) => event.target.closest?.("[data-submit-on-change]")?.form.requestSubmit());
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-lean]")) return;
  $$("input, select", event.target).forEach((field) => field.value || (field.disabled = true));
});
