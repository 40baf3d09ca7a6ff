// .board: cards are dragged to a column or a closing zone, or moved by < and >. The card goes at once; the server's
// answer, a card again, takes its place. Where it stands is what its data-stage says: a refused one goes back by itself.
import { $, $$, root, typing } from "./dom.js";

const column = (stage) => $(`.column[data-stage="${CSS.escape(stage)}"]`);
const order = (card) => [Number(card.dataset.key), Number(card.dataset.id)];
const before = (one, other) => order(one)[0] - order(other)[0] || order(one)[1] - order(other)[1];
const insert = (card, into) => {
  const list = $(".column__cards", into);
  const next = $$(":scope > .card", list).find((other) => other !== card && before(card, other) < 0);
  list.insertBefore(card, next ?? $(":scope > .column__more", list));
};
const settle = (card) => {
  const place = column(card.dataset.stage);
  place ? insert(card, place) : card.remove();
  $$(`[id="${card.id}"]`).forEach((other) => other !== card && other.remove());
};
const tell = (card, text) => ($("#board-live").textContent = `${$(".card__name", card).textContent}: ${text}`);
const count = (place, step, amount) => {
  const head = $(".column__head", place);
  const shown = $("[data-n]", head);
  if (!head?.dataset.currency || !shown.textContent || !amount) return;
  head.dataset.amount = Number(head.dataset.amount) + step * amount;
  shown.textContent = Number(shown.textContent.replace(/\D/g, "")) + step;
  const style = { style: "currency", currency: head.dataset.currency, maximumFractionDigits: 0 };
  $("[data-sum]", head).textContent = new Intl.NumberFormat(root.lang, style).format(head.dataset.amount / 1000);
};
const address = (card, verb) => `${$(".board").dataset.url}${card.dataset.id}/${verb}/${location.search}`;
const post = (card, stage) =>
  htmx.ajax("POST", address(card, "move"), { target: card, swap: "outerHTML", values: { stage, version: card.dataset.version } });
const move = (card, stage) => {
  const focused = card.contains(document.activeElement);
  const from = card.closest(".column");
  const to = column(stage);
  if (to === from || card.ariaBusy === "true") return;
  if (stage === "lost") return htmx.ajax("GET", address(card, "lose"), { target: "#dialog", swap: "innerHTML" });
  card.setAttribute("aria-busy", "true");
  if (to) {
    insert(card, to);
    count(from, -1, card.dataset.amount);
    count(to, 1, card.dataset.amount);
    tell(card, $("h2", to).textContent);
  }
  if (focused) $(".card__name", card).focus();
  post(card, stage);
};

let dragged;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".board .card");
  if (!dragged) return;
  dragged.dataset.dragging = "";
  event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragend", () => {
  if (dragged) delete dragged.dataset.dragging;
  $$("[data-over]").forEach((one) => delete one.dataset.over);
  dragged = null;
});
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.(".column, .dropzone");
  $$("[data-over]").forEach((one) => one !== over && delete one.dataset.over);
  if (!over) return;
  event.preventDefault();
  over.dataset.over = "";
});
document.addEventListener("drop", (event) => {
  const place = dragged && event.target.closest?.(".column, .dropzone");
  if (!place) return;
  event.preventDefault();
  move(dragged, place.dataset.stage);
});

document.addEventListener("keydown", (event) => {
  const card = document.activeElement?.closest?.(".board .card");
  if (!card || typing(event) || event.ctrlKey || event.metaKey || event.altKey || "noKeys" in document.body.dataset) return;
  const step = { "<": -1, ">": 1 }[event.key];
  const stages = $$(".column").map((one) => one.dataset.stage);
  const next = step ? stages[stages.indexOf(card.dataset.stage) + step] : { W: "won", L: "lost" }[event.key.toUpperCase()];
  if (!next) return;
  event.preventDefault();
  move(card, next);
});

const back = (card) => {
  card.removeAttribute("aria-busy");
  settle(card);
};
// What a refusal brings is shown too: the card, back in its place, and a toast that says why.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target.matches?.(".card") && xhr.status === 422) return back(target);
  if (!target.matches?.(".card") || ![403, 409].includes(xhr.status)) return;
  const fragment = xhr.responseText.includes("data-refused");
  event.detail.shouldSwap = fragment;
  event.detail.isError = !fragment;
});
for (const failed of ["htmx:responseError", "htmx:sendError"])
  document.addEventListener(failed, (event) => {
    const card = event.detail.target;
    if (card?.matches?.(".card")) back(card);
  });
document.addEventListener("htmx:load", (event) => {
  const loaded = event.detail.elt;
  if (!loaded.matches?.(".board .card")) return;
  const focused = loaded.contains(document.activeElement);
  const moved = loaded.closest(".column")?.dataset.stage !== loaded.dataset.stage;
  settle(loaded);
  if (moved) tell(loaded, $("h2", column(loaded.dataset.stage))?.textContent ?? "");
  if (focused) $(".card__name", loaded).focus();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const dialog = event.detail.elt.closest?.("dialog[open]");
  if (dialog && event.detail.successful && event.detail.target.matches?.(".card")) dialog.close();
});
