"use strict";
// A reader meets the answers; one switch for an analyst opens the working with its code.
for (const button of document.querySelectorAll("button.codes")) {
  const root = document.documentElement;
  button.hidden = !document.querySelector("details.code");
  root.classList.toggle("reading", !button.hidden);
  button.addEventListener("click", () => {
    const reading = root.classList.toggle("reading");
    document.querySelectorAll("details.code, details.working").forEach((d) => (d.open = !reading));
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
// Behind a page that tells of a mistake may lie a good one, of which it is no part.
if (document.body.classList.contains("page-lost")) addEventListener("popstate", () => location.reload());
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
  twin.addEventListener("click", () => { twin.hash = location.hash; twin.search = location.search; });
}
// Only what really scrolls is a stop of the Tab key.
const stops = (part) => {
  // What is folded has no size yet: to ask for it lays it out, a thousand times on the page that holds all topics.
  const boxes = [...part.querySelectorAll(".scroll, pre")].filter((box) => !box.closest("details:not([open])") && box.clientWidth);
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth + 1); // all is measured before anything is changed
  boxes.forEach((box, i) => box.setAttribute("tabindex", scrolls[i] ? 0 : -1));
};
stops(document);
document.addEventListener("toggle", (event) => stops(event.target), true);
document.addEventListener("live-put", ({ target }) => target.nodeType === 1 && stops(target));
addEventListener("resize", () => stops(document));
// Marks of charts tell what they stand for: the style sheet goes by it.
document.documentElement.classList.add("scripted");
