// Everything works without JavaScript; this only makes it a little better.
"use strict";

window.dsWarnings = false; // the design system's hints are for those who build, not for those who read

// Send a form once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  window.setTimeout(() => delete form.dataset.sent, 8000);
});

// A page taken from the browser's history may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// What only works with JavaScript is not offered without it.
document.querySelectorAll("[data-needs-script]").forEach((element) => {
  element.hidden = false;
});

// A passkey that was not found, or a question the reader closed.
document.addEventListener("allauth.error", (event) => {
  const notice = document.getElementById("passkey-failed");
  if (!notice) return;
  event.preventDefault();
  notice.hidden = false;
  notice.focus();
});
