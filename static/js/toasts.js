// Toasts go away after eight seconds, but not while hovered or focused; 409, 403 and lost connections become toasts.
import { $ } from "./dom.js";

const leave = (toast) => {
  if (toast.matches(":hover, :focus-within")) return setTimeout(leave, 2000, toast);
  toast.remove();
};
const watch = () => document.querySelectorAll(".toast:not([data-seen])").forEach((toast) => {
  toast.dataset.seen = "";
  setTimeout(leave, toast.querySelector("form, a") ? 20000 : 8000, toast);
});
export const say = (text) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  $("#toasts")?.append(toast);
  watch();
};
document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  dismiss?.closest(dismiss.dataset.dismiss || ".toast").remove();
});
document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("[data-error]")?.textContent.trim() || page.querySelector("main p")?.textContent.trim() || event.detail.xhr.statusText);
});
document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline));
watch();
