// At the desk: Enter moves on to the next field, and the postcode is looked up while it is typed.
"use strict";

const form = document.querySelector("form.counter");
const fields = [...form.querySelectorAll("input:not([type=hidden]), select, button[type=submit]:not([name])")];

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.matches("button")) return;
  event.preventDefault();
  fields[fields.indexOf(event.target) + 1].focus();
});

form.querySelectorAll("[data-look-up]").forEach((field) => {
  const place = document.getElementById(field.dataset.into);
  field.addEventListener("input", async () => {
    const typed = field.value;
    const query = new URLSearchParams({ [field.name]: typed });
    const answer = await fetch(`${field.dataset.lookUp}?${query}`).catch(() => null);
    if (answer?.ok && field.value === typed) place.innerHTML = await answer.text();
  });
});
