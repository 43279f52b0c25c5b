// The search field that stands in for a long list has no name of its own: it takes the words of the list's label.
"use strict";

django.jQuery(() => {
  document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const name = select.labels[0].textContent;
    select.nextElementSibling.querySelectorAll("[role=combobox], [role=textbox]").forEach((element) => {
      element.setAttribute("aria-label", name);
    });
  });
});
