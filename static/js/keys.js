// The keyboard: the map is in the shortcuts dialog. Single letters only outside fields, and can be turned off.
import { $, $$, typing } from "./dom.js";

let prefix = 0;
let at = ""; // the row that the cursor is on, also after the list was loaded again
const cursor = (step) => {
  const cards = $$(".board .card__name");
  if (cards.length) return cards[Math.max(0, Math.min(cards.length - 1, cards.indexOf(document.activeElement) + step))].focus();
  const rows = $$(".list tbody tr[data-id]");
  if (!rows.length) return;
  const now = rows.findIndex((row) => "cursor" in row.dataset);
  const next = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
  if (now >= 0) delete rows[now].dataset.cursor;
  next.dataset.cursor = "";
  at = next.dataset.id;
  $(".list__name", next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};
// What a row's menu offers under a key is done without opening it: the server says what may be done.
const onRow = async (key) => {
  const card = "ED".includes(key) && document.activeElement.closest(".card");
  const opener = $("[data-cursor] a[data-menu]") ?? (card ? $("a[data-menu]", card) : null);
  if (!opener) return;
  const menu = $("#" + opener.dataset.menu);
  await htmx.ajax("GET", opener.href, { target: menu, swap: "innerHTML" });
  htmx.process(menu); // it would only settle a moment later
  $(`[data-row-key="${CSS.escape(key)}"]`, menu)?.click();
};
document.addEventListener("htmx:afterSettle", () => {
  const row = at && !$("[data-cursor]") && $(`.list tbody tr[data-id="${CSS.escape(at)}"]`);
  if (!row) return;
  row.dataset.cursor = "";
  $(".list__name", row).focus({ preventScroll: true });
});
const stage = (step) => {
  const steps = $$(".stagebar__step");
  const next = steps[steps.findIndex((one) => one.hasAttribute("aria-current")) + step];
  if (next && !next.disabled) next.click();
};
// The form one is in; from elsewhere, that of the dialog, or the one that is the page.
const submit = (form) => {
  const button = $("[data-submit]", form ?? $("dialog:modal") ?? $("main .form-foot") ?? undefined);
  if (form) form.requestSubmit(button ?? undefined);
  else if (button?.matches("dialog:modal *, .form-foot *")) button.form.requestSubmit(button);
};
document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return $("#palette")?.showModal();
  }
  if (command && event.key === "Enter") return submit(event.target.form);
  if (command || event.altKey || typing(event) || $("dialog:modal") || "noKeys" in document.body.dataset) return;
  const key = event.key.toUpperCase();
  const place = prefix && Date.now() - prefix < 1200 && $(`[data-go="${CSS.escape(key)}"]`);
  prefix = key === "G" ? Date.now() : 0;
  if (place) return place.click();
  if (key === "J") cursor(1);
  else if (key === "K") cursor(-1);
  else if (key === "X") $("[data-cursor] .row-check")?.click();
  else if (key === "/") {
    event.preventDefault();
    $("[type=search]")?.focus();
  } else if (key === "?") $("#shortcuts")?.showModal();
  else if (key === "ESCAPE") $("[data-uncheck]")?.click();
  else if (["<", ">", "W", "L", "D", "E"].includes(key) && ($("[data-cursor]") || document.activeElement?.closest?.(".card"))) onRow(key);
  else if (key === "<" || key === ">") stage(key === ">" ? 1 : -1);
  else if (/^[A-Z]$/.test(key)) {
    const target = $$(`[data-key="${key}"]`).at(key === "Z" ? -1 : 0); // of several toasts, the newest
    if (target) {
      event.preventDefault();
      target.click();
    }
  }
});
