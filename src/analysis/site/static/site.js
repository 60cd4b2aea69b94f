"use strict";
// Filters and search of the scorecard. Without a script the whole table is there.
for (const form of document.querySelectorAll("form.filters")) {
  const rows = [...form.parentElement.querySelectorAll(".scorecard tbody tr")];
  const words = rows.map((row) => (row.textContent + " " + row.dataset.id).toLowerCase());
  const status = form.querySelector("[role=status]");
  const apply = () => {
    const wanted = [...form.querySelectorAll("select")].filter((s) => s.value);
    const terms = form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      const fits = wanted.every((s) => row.dataset[s.name] === s.value);
      const hit = fits && terms.every((t) => words[i].includes(t));
      row.hidden = !hit;
      shown += hit;
    });
    status.textContent = shown ? status.dataset.text.replace("%s", shown) : status.dataset.none;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
}
// Code is for those who ask for it: one switch for the page.
for (const button of document.querySelectorAll("button.codes")) {
  const root = document.documentElement;
  button.hidden = !document.querySelector("details.code");
  root.classList.toggle("reading", !button.hidden);
  button.addEventListener("click", () => {
    const reading = root.classList.toggle("reading");
    document.querySelectorAll("details.code").forEach((d) => (d.open = !reading));
    button.setAttribute("aria-pressed", !reading);
    button.textContent = reading ? button.dataset.show : button.dataset.hide;
  });
}
// On a small screen the contents would fill it.
if (matchMedia("(max-width: 60rem)").matches) {
  document.querySelectorAll(".contents details").forEach((d) => (d.open = false));
}
// A link into a folded part opens it.
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  const card = target && target.querySelector(":scope > details");
  if (card) card.open = true;
  if (target) target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
// The menu closes when the reader turns to something else.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => menu.contains(event.target) || (menu.open = false));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
// The other language keeps the reader's place.
for (const twin of document.querySelectorAll("a.twin")) {
  twin.addEventListener("click", () => { twin.hash = location.hash; });
}
// Only what really scrolls is a stop of the Tab key.
const stops = (part) => {
  for (const box of part.querySelectorAll(".scroll, pre")) {
    if (box.clientWidth) box.tabIndex = box.scrollWidth > box.clientWidth + 1 ? 0 : -1;
  }
};
stops(document);
document.addEventListener("toggle", (event) => stops(event.target), true);
addEventListener("resize", () => stops(document));
