// .drop[data-drop]: a file dropped on it, or chosen in it, is shown by name; with data-drop="submit" it is sent at once.
import { $ } from "./dom.js";

const named = (zone) => {
  const file = $("input[type=file]", zone).files[0];
  if (!file) return;
  const shown = $("[data-file-name]", zone);
  if (shown) shown.textContent = file.name;
  if (zone.dataset.drop === "submit") zone.closest("form").requestSubmit();
};
document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone) named(zone);
});
document.addEventListener("dragover", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.dataset.over = "";
});
document.addEventListener("dragleave", (event) => delete event.target.closest?.("[data-drop]")?.dataset.over);
document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  delete zone.dataset.over;
  $("input[type=file]", zone).files = event.dataTransfer.files;
  named(zone);
});
