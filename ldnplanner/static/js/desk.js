"use strict";
// The desk for those who hear it: names what Django's stock pages and their search boxes leave unnamed.
(() => {
  const words = (element) => element.textContent.trim();

  function nameSearchBoxes(root) {
    for (const select of root.querySelectorAll("select.admin-autocomplete")) {
      const shown = select.nextElementSibling;
      const name = select.labels.length ? words(select.labels[0]).replace(/:$/, "") : select.getAttribute("aria-label");
      if (!name || !shown || !shown.classList.contains("select2")) continue;
      for (const box of shown.querySelectorAll("[role=combobox], .select2-search__field")) {
        box.removeAttribute("aria-labelledby");
        box.setAttribute("aria-label", select.multiple ? name : `${name}: ${select.selectedOptions.length ? words(select.selectedOptions[0]) : ""}`);
      }
      const rendered = shown.querySelector("[role=textbox].select2-selection__rendered");
      for (const attribute of ["role", "aria-readonly"]) rendered?.removeAttribute(attribute);
      const list = shown.querySelector("ul.select2-selection__rendered");
      if (list) list.setAttribute("role", "presentation");
    }
  }

  function nameTables(root) {
    for (const group of root.querySelectorAll(".tabular.inline-related")) {
      const heading = group.querySelector(".inline-heading");
      const heads = [...group.querySelectorAll("thead th")];
      const last = heads.at(-1);
      for (const head of heads) if (!words(head)) head.setAttribute("role", "presentation");
      for (const box of group.querySelectorAll("td.delete input")) if (last && words(last)) box.setAttribute("aria-label", words(last));
      if (group.scrollWidth > group.clientWidth && heading) {
        group.tabIndex = 0;
        group.setAttribute("role", "region");
        group.setAttribute("aria-labelledby", heading.id);
      }
    }
  }

  function name() {
    for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
    nameSearchBoxes(document);
    nameTables(document);
  }

  const soon = () => setTimeout(name); // after those who make the boxes
  window.addEventListener("load", soon);
  document.addEventListener("formset:added", soon);
  window.django?.jQuery(soon);
  window.django?.jQuery(document).on("change select2:select select2:clear", soon);
})();
