// Theme and density at once, while the form that keeps them is on its way.
import { root } from "./dom.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const button = event.target.closest("[data-theme-toggle]");
    button.name = "theme";
    button.value = root.dataset.theme = dark ? "light" : "dark";
  }
  const density = event.target.closest("button[data-density]");
  if (density) root.dataset.density = density.dataset.density;
});
