// Filters, search and order of the scorecard, kept in the address. Without a script the whole table is there.
const SHOWN = 30;
for (const form of document.querySelectorAll("form.filters")) {
  const section = form.parentElement;
  const table = section.querySelector(".scorecard");
  let rows = [...table.tBodies[0].rows];
  const typed = (text) => text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/(\d{4})-(?=[qh]\d)/g, "$1 ");
  const id = (row) => row.dataset.id || row.querySelector("th a").hash.replace(/^#[a-z]+-/, "");
  const worded = () => rows.map((row) => typed(row.textContent + " " + id(row)));
  let words = worded();
  const status = form.querySelector("[role=status]");
  const all = section.querySelector("button.all");
  const selects = [...form.querySelectorAll("select")];
  const heads = [...table.tHead.rows[0].cells];
  let order = 0, whole = false;
  const text = (cell) => (cell.querySelector("a") || [...cell.childNodes].find((n) => n.textContent.trim()) || cell).textContent.trim();
  // A filter goes by the words of the column that it names (of a place, by its section), else by what stands with the row.
  const fits = (row, { name, value, selectedOptions, dataset }) => !value
    || (dataset.column ? text(row.cells[dataset.column]).split(" · ")[0] === selectedOptions[0].text : row.dataset[name] === value);
  const hits = () => rows.filter((row, i) => selects.every((s) => fits(row, s))
    && typed(form.q.value).split(/\s+/).every((t) => words[i].includes(t)));
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
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.dataset.sort.replace("%s", head.textContent);
    button.append(...head.childNodes);
    button.addEventListener("click", () => { order = order === i + 1 ? -i - 1 : i + 1; sort(); apply(); keep(); });
    head.append(button);
  });
  const read = () => {
    const given = new URLSearchParams(location.search), asked = Number(given.get("sort")), before = order;
    for (const field of [...selects, form.q]) field.value = given.get(field.name) || "";
    order = Number.isInteger(asked) && Math.abs(asked) <= heads.length ? asked : 0;
    if (order || before) sort();
  };
  read();
  addEventListener("popstate", () => { read(); apply(); });  // the address is the state
  for (const save of form.querySelectorAll("button.save")) save.addEventListener("click", () => {
    const names = ["id", ...heads.map((head) => head.textContent.trim())];
    const cells = (row) => [id(row), ...[...row.cells].map((cell) => [...cell.childNodes].map((n) => n.textContent.trim()).filter(Boolean).join("; "))];
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
  form.addEventListener("live-fresh", ({ detail }) => {  // other rows, or other words in them; a reader's order and filters stay
    const there = new Map([...table.tBodies[0].rows].map((row) => [id(row), row]));
    if (detail) rows = detail.map((name) => there.get(name)).filter(Boolean);
    words = worded();
    if (order) sort();
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order = 0; sort(); apply(); keep(); }));
  form.hidden = false;
  apply();
}
