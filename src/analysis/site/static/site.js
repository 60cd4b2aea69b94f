"use strict";
// Filters, search and order of the scorecard, kept in the address. Without a script the whole table is there.
const SHOWN = 30;
for (const form of document.querySelectorAll("form.filters")) {
  const section = form.parentElement;
  const table = section.querySelector(".scorecard");
  const rows = [...table.tBodies[0].rows];
  const typed = (text) => text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
  const words = rows.map((row) => typed(row.textContent + " " + row.dataset.id));
  const status = form.querySelector("[role=status]");
  const all = section.querySelector("button.all");
  const selects = [...form.querySelectorAll("select")];
  const heads = [...table.tHead.rows[0].cells];
  let order = 0, whole = false;
  const hits = () => rows.filter((row, i) => selects.every((s) => !s.value || row.dataset[s.name] === s.value)
    && typed(form.q.value).split(/\s+/).every((t) => words[i].includes(t)));
  const text = (cell) => (cell.dataset.value || (cell.querySelector("a, .verdict") || cell.firstChild || cell).textContent).trim();
  const sort = () => {
    const at = Math.abs(order) - 1;
    const key = (row) => text(row.cells[at]).replaceAll(",", "").replaceAll("−", "-");
    const turned = order < 0 ? -1 : 1;
    const compare = (x, y) => {
      const [a, b] = [key(x), key(y)];
      const [m, n] = [a, b].map((v) => parseFloat((/-?\d+(\.\d+)?/.exec(v) || [])[0]));
      if (!a || !b) return (!a) - (!b);
      return turned * (heads[at].classList.contains("number") && m !== n && !isNaN(m) && !isNaN(n) ? m - n : a.localeCompare(b, undefined, { numeric: true }));
    };
    table.tBodies[0].append(...(order ? [...rows].sort(compare) : rows));
    heads.forEach((head, i) => (i === at ? head.setAttribute("aria-sort", turned > 0 ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
  };
  const apply = () => {
    const found = new Set(hits());
    const filtered = found.size < rows.length;
    let shown = 0;
    for (const row of table.tBodies[0].rows) row.hidden = !found.has(row) || (!whole && !filtered && ++shown > SHOWN);
    all.hidden = whole || filtered || rows.length <= SHOWN;
    status.textContent = found.size ? status.dataset.text.replace("%s", whole || filtered ? found.size : Math.min(found.size, SHOWN)) : status.dataset.none;
  };
  const keep = () => {
    const given = new URLSearchParams(location.search);
    for (const field of [...selects, form.q]) field.value ? given.set(field.name, field.value) : given.delete(field.name);
    order ? given.set("sort", order) : given.delete("sort");
    history.replaceState(null, "", (String(given) ? "?" + given : location.pathname) + location.hash);
  };
  const given = new URLSearchParams(location.search);
  for (const field of [...selects, form.q]) if (given.has(field.name)) field.value = given.get(field.name);
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.dataset.sort.replace("%s", head.textContent);
    button.append(...head.childNodes);
    button.addEventListener("click", () => { order = order === i + 1 ? -i - 1 : i + 1; sort(); apply(); keep(); });
    head.append(button);
  });
  const asked = Number(given.get("sort"));
  if (Number.isInteger(asked) && asked && Math.abs(asked) <= heads.length) { order = asked; sort(); }
  for (const save of form.querySelectorAll("button.save")) save.addEventListener("click", () => {
    const names = ["id", ...heads.map((head) => head.textContent.trim())];
    const cells = (row) => [row.dataset.id, ...[...row.cells].map((cell) => [...cell.childNodes].map((n) => n.textContent.trim()).filter(Boolean).join(" "))];
    const list = [...table.tBodies[0].rows].filter((row) => hits().includes(row)).map(cells);
    const csv = () => "\ufeff" + [names, ...list].map((r) => r.map((v) => `"${v.replaceAll('"', '""')}"`).join(",")).join("\n") + "\n";
    const json = () => JSON.stringify(list.map((r) => Object.fromEntries(r.map((v, i) => [names[i], v]))), null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([save.dataset.as === "csv" ? csv() : json()]));
    link.download = "statements." + save.dataset.as;
    link.click();
  });
  all.addEventListener("click", () => { whole = true; apply(); });
  form.addEventListener("input", () => { apply(); keep(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order = 0; sort(); apply(); keep(); }));
  form.hidden = false;
  apply();
}
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
addEventListener("resize", () => stops(document));
// What a mark of a chart stands for, under the pointer or by the arrow keys.
const bubble = document.createElement("p");
bubble.className = "bubble";
bubble.setAttribute("role", "status");
document.body.append(bubble);
document.documentElement.classList.add("told");
let told = null;
const marks = (drawing) => [...drawing.querySelectorAll(".values > *")];
const placeOf = (mark) => {
  const box = mark.ownerSVGElement.getBoundingClientRect();
  const scale = box.width / mark.ownerSVGElement.viewBox.baseVal.width;
  return [box.left + scale * mark.cx.baseVal.value, box.top + scale * mark.cy.baseVal.value];
};
const tell = (mark) => {
  if (mark === told) return;
  if (told) told.removeAttribute("stroke");
  told = mark;
  bubble.textContent = mark ? mark.textContent : "";
  if (!mark) return;
  mark.setAttribute("stroke", "currentColor");
  const [x, y] = placeOf(mark), room = document.documentElement.clientWidth;
  bubble.style.left = "0";
  const wide = bubble.offsetWidth, high = bubble.offsetHeight;
  bubble.style.left = Math.max(8, Math.min(x - wide / 2, room - wide - 8)) + scrollX + "px";
  bubble.style.top = (y - high - 12 < 0 ? y + 14 : y - high - 12) + scrollY + "px";
};
const nearest = (drawing, x, y) => {
  let best = null, least = 64;
  for (const mark of marks(drawing)) {
    const [mx, my] = placeOf(mark), across = Math.abs(mx - x), along = Math.abs(my - y);
    const near = Math.hypot(across, along), cost = near < 24 ? near : 48 + Math.min(across, along);
    if (cost < least) [best, least] = [mark, cost];
  }
  return best;
};
for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, (event) => {
  const drawing = event.target.closest && event.target.closest(".drawing");
  if (drawing || !document.activeElement.matches(".drawing")) tell(drawing && nearest(drawing, event.clientX, event.clientY));
});
document.addEventListener("focusout", () => tell(null));
document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".drawing")) return;
  if (event.key === "Escape") return tell(null);
  const all = marks(event.target), now = all.indexOf(told);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const next = { Home: 0, End: all.length - 1 }[event.key] ?? (step && (now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length));
  if (next === undefined) return;
  event.preventDefault();
  tell(all[next]);
});
// A chart as a file, its place as a link, the lines that embed it.
const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const placed = (anchor) => location.href.split("#")[0] + "#" + anchor;
const drawn = (figure) => {
  const shown = [...figure.querySelectorAll(".drawing > svg")].find((s) => s.getClientRects().length);
  const copy = shown.cloneNode(true);
  const [, , wide, high] = shown.getAttribute("viewBox").split(" ").map(Number);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", wide);
  copy.setAttribute("height", high);
  copy.removeAttribute("style");
  return { text: new XMLSerializer().serializeToString(copy), wide, high };
};
const picture = ({ text, wide, high }, name) => {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * wide;
    canvas.height = 2 * high;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, name));
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
};
for (const bar of document.querySelectorAll(".share")) {
  const figure = bar.closest("figure"), name = bar.dataset.file;
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do === "svg") save(new Blob([drawn(figure).text], { type: "image/svg+xml" }), name + ".svg");
    if (button.dataset.do === "png") picture(drawn(figure), name + ".png");
    if (button.dataset.do !== "link") return;
    const text = button.firstChild.data;
    const there = placed(figure.querySelector(".drawing").id);
    // A page that came without encryption has no clipboard: the address line shows the link instead.
    (navigator.clipboard ? navigator.clipboard.writeText(there) : Promise.reject()).then(() => {
      button.firstChild.data = button.dataset.done;
      setTimeout(() => (button.firstChild.data = text), 2000);
    }, () => { location.hash = figure.querySelector(".drawing").id; });
  });
}
for (const code of document.querySelectorAll("pre.embed")) {
  const title = code.dataset.title.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
  code.textContent = `<iframe src="${placed(code.dataset.anchor)}" title="${title}" width="100%" height="520" loading="lazy"></iframe>`;
}
