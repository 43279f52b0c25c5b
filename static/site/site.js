// Everything works without JavaScript; this only makes it a little better.
"use strict";

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

// What needs to be mended comes first, also where the browser does not follow autofocus.
document.querySelector(".ds-error-summary")?.focus();

// What is typed is looked up (data-look-up: where), and the answer shown below (data-into: the id of its place).
document.querySelectorAll("[data-look-up]").forEach((field) => {
  const place = document.getElementById(field.dataset.into);
  let waiting;
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(async () => {
      const typed = field.value;
      const query = new URLSearchParams({ [field.name]: typed });
      const answer = await fetch(`${field.dataset.lookUp}?${query}`).catch(() => null);
      if (answer?.ok && field.value === typed) place.innerHTML = await answer.text();
    }, 300);
  });
});

// A passkey that was not found, or a question the reader closed.
document.addEventListener("allauth.error", (event) => {
  const notice = document.getElementById("passkey-failed");
  if (!notice) return;
  event.preventDefault();
  notice.hidden = false;
  notice.focus();
});

// Without a network: the worker keeps the pages that were read, the first steps and the page that tells about them.
const { worker, keep } = document.body.dataset;

async function keepForLater() {
  const wanted = [keep, `/${document.documentElement.lang}/offline/`];
  if (!navigator.serviceWorker.controller) {
    // On the first visit the worker comes too late for the page itself and its files.
    const files = performance.getEntriesByType("resource").map((file) => file.name);
    wanted.push(window.location.href, ...files);
  }
  await navigator.serviceWorker.register(worker);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(wanted.filter(Boolean));
}

if (worker && navigator.serviceWorker) {
  window.addEventListener("load", () => keepForLater().catch(() => {}));
}

// The offline page lists what is kept on this device.
async function listKept(lists) {
  const kept = await readKept();
  document.querySelector("[data-kept-none]").hidden = kept.length > 0;
  for (const list of lists) {
    const pages = kept.filter(({ url }) => url.includes("/steps/") === (list.dataset.kept === "steps"));
    list.append(...pages.map(linkTo));
    list.parentElement.hidden = !pages.length;
  }
}

// Newest first.
async function readKept() {
  const kept = [];
  for (const name of (await caches.keys()).filter((key) => key.startsWith("pages-"))) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const html = await (await cache.match(url, { ignoreVary: true })).text();
      kept.unshift({ url, page: new DOMParser().parseFromString(html, "text/html") });
    }
  }
  return kept.filter(({ url }) => !url.endsWith("/offline/"));
}

function linkTo({ url, page }) {
  const { lang, dir } = page.documentElement;
  const textContent = page.title.replace(/ . Bli her$/, "");
  const link = document.createElement("a");
  Object.assign(link, { href: url, className: "ds-link", textContent, lang, dir });
  const item = document.createElement("li");
  item.append(link);
  return item;
}

const lists = document.querySelectorAll("[data-kept]");
if (lists.length && window.caches) listKept(lists);
