// Fields that Django's own scripts make have no names of their own: they get that of the field they stand for.
"use strict";
{
  const name = (field) =>
    field.getAttribute("aria-label") || document.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent.trim() || field.name;

  const give = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete.select2-hidden-accessible")) {
      const shown = select.nextElementSibling;
      for (const part of shown?.querySelectorAll(".select2-selection, .select2-selection__rendered, .select2-search__field") ?? []) {
        part.setAttribute("aria-label", name(select));
      }
    }
    // What is searched in stands at the end of the page while it is open.
    const open = document.querySelector("select + .select2-container--open")?.previousElementSibling;
    const search = document.querySelector("body > .select2-container--open .select2-search__field");
    if (open && search) search.setAttribute("aria-label", name(open));
  };

  // select2 is set up some time after the page is there, and again for each row that is added.
  new MutationObserver(give).observe(document.body, { childList: true, subtree: true });
  give();
}
