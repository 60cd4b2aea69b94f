// What a mark of a chart stands for, under the pointer or by the arrow keys.
const bubble = document.createElement("p");
bubble.className = "bubble";
bubble.setAttribute("role", "status");
document.body.append(bubble);
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
document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest(".share button");
  if (!button) return;
  const figure = button.closest("figure"), name = button.closest(".share").dataset.file;
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
const equip = () => {
  for (const bar of document.querySelectorAll(".share")) bar.hidden = false;
  for (const code of document.querySelectorAll("pre.embed")) {
    const title = code.dataset.title.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
    code.textContent = `<iframe src="${placed(code.dataset.anchor)}" title="${title}" width="100%" height="520" loading="lazy"></iframe>`;
  }
};
equip();
document.addEventListener("live-put", equip);  // a page that changes while it is read
