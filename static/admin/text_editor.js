// While somebody writes, the preview beside the text follows. Without scripts a button shows the same.
"use strict";

const WAIT_MS = 400;

document.querySelectorAll("[data-editor]").forEach((editor) => {
  const field = editor.querySelector("textarea");
  const preview = editor.querySelector("[data-preview]");
  let timer;
  let last = 0;

  async function renew() {
    const mine = ++last;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", field.form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("language", editor.dataset.language);
    body.set("body", field.value);
    try {
      const answer = await fetch(editor.dataset.editor, { method: "POST", body });
      const html = answer.ok ? await answer.text() : null;
      // An answer that was overtaken by a later one is old.
      if (html !== null && mine === last) preview.innerHTML = html;
    } catch {
      // Offline: the preview stays as it is, and so does the text.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(renew, WAIT_MS);
  });
  field.form.querySelectorAll("[data-preview-button]").forEach((button) => button.remove());
});

document.querySelectorAll("[data-choices]").forEach((choices) => {
  const search = choices.querySelector("input[type=search]");
  const labels = [...choices.querySelectorAll("label")].filter((label) => label.querySelector("input"));
  if (labels.length < 8) return;
  search.closest("p").hidden = false;
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    labels.forEach((label) => {
      label.parentElement.hidden = !label.textContent.toLowerCase().includes(words);
    });
  });
  // Enter in the search field is no wish to save.
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
});
