// [data-submit-on-change]: choosing sends the form at once.
document.addEventListener("change", (event) => event.target.closest?.("[data-submit-on-change]")?.form.requestSubmit());
