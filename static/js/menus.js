// a[data-menu="id"]: fetches the page of actions behind the link and shows it as a menu beside the link.
import { $ } from "./dom.js";

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("a[data-menu]");
  if (!opener || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const menu = $("#" + opener.dataset.menu);
  await htmx.ajax("GET", opener.href, { target: menu, swap: "innerHTML" });
  menu.showPopover({ source: opener });
  $("a, button:enabled", menu)?.focus();
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.closest?.(".menu:popover-open")?.hidePopover());
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("a, button:enabled")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
});
