"use strict";
// The panel of a served page: the address holds the parameters, events say when their page is ready, and what differs is
// put into the page that is there. A page that stands without one holds no lines from "With a server" to "With or without". This runs before the page's own script: what it copies is the page as it was written.
(() => {
  const panel = document.getElementById("live");
  const find = (id) => document.getElementById("live-" + id);
  const prefix = panel.dataset.prefix;
  const controls = [...panel.querySelectorAll(".live-control")];
  // Where no server stands behind the page, it holds the verdicts of the published sweep.
  const table = find("table") && JSON.parse(find("table").textContent);
  let chosenHere = null;
  let written = table ? null : document.documentElement.cloneNode(true);
  let events = null, turn = 0;
  const typed = new Set();  // controls whose text is not asked for yet: a page that arrives meanwhile leaves it alone

  // Parameters in the address
  const ofAddress = () => new Map([...new URLSearchParams(location.search)].filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]));
  const given = () => new Map(chosenHere || ofAddress());
  const { rowPrefix } = panel.dataset;  // of rows of the data that are others for the sake of argument
  const changedRows = () => new Map(rowPrefix ? [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith(rowPrefix))
    .map(([name, value]) => [name.slice(rowPrefix.length), value]) : []);
  const withParameters = (search, chosen, rows = changedRows()) => {
    const kept = new URLSearchParams([...new URLSearchParams(search)].filter(([name]) => !name.startsWith(prefix) && !(rowPrefix && name.startsWith(rowPrefix))));
    for (const [name, value] of chosen) kept.append(prefix + name, value);
    for (const [name, value] of rows) kept.append(rowPrefix + name, value);
    return String(kept) ? "?" + kept : "";
  };
  const addressed = () => withParameters("", ofAddress());
  const query = () => new URLSearchParams(withParameters("", given()));

  // Controls
  const field = (control) => control.querySelector("[id='live-" + control.dataset.name + "']");
  const slider = (control) => control.querySelector("[type=range]");
  const isSwitch = (control) => control.dataset.kind === "switch";
  const read = (control) => isSwitch(control) ? String(field(control).checked) : field(control).value.trim();
  const fill = (control, value) => {
    if (isSwitch(control)) field(control).checked = value === "true";
    else if (read(control) !== value) field(control).value = value;
    if (slider(control)) slider(control).value = value;
  };
  const isSame = (control, one, other) => one === other
    || (control.dataset.kind === "number" && one !== "" && Number(one) === Number(other));
  const show = () => {
    const chosen = given();
    const changed = [];
    for (const control of controls) {
      const { name } = control.dataset;
      const value = chosen.has(name) ? chosen.get(name) : control.dataset.default;
      const differs = !isSame(control, value, control.dataset.default);
      if (!typed.has(control) && !isSame(control, read(control), value)) fill(control, value);
      control.classList.toggle("changed", differs);
      if (differs) changed.push([name, value]);
    }
    const count = changed.length + changedRows().size;
    find("count").textContent = count ? String(count) : "";
    panel.querySelector(".live-changed").hidden = !count;
    const chip = (shown, name, reset) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = find("chips").dataset.reset;
      button.setAttribute("aria-label", button.textContent + " " + name);
      button.addEventListener("click", reset);
      item.append(shown, " ", button);
      return item;
    };
    const rows = [...changedRows()];
    find("chips").replaceChildren(...rows.map(([name, value]) => {
      const told = panel.querySelector(`.live-rows [data-row="${CSS.escape(name)}"]`);
      return chip(told ? told.textContent : name + " = " + value, name, () => { go(given(), new Map(rows.filter(([other]) => other !== name))); find("find").focus(); });
    }), ...changed.map(([name, value]) => {
      const way = document.createElement("a");
      way.href = "#live-" + name;
      way.textContent = name + " = " + value;
      return chip(way, name, () => { change(name, null); field(controls.find((c) => c.dataset.name === name)).focus(); });
    }));
    if (find("save")) find("save").querySelector("[value=rows]").hidden = !rows.length;
    const quoted = (option, list) => list.map(([name, value]) => ` ${option} ` + (/^[\w.:@-]+$/.test(name + value) ? name + "=" + value : "'" + (name + "=" + value).replaceAll("'", "'\\''") + "'")).join("");
    find("command").textContent = "analysis run " + [(find("save") && find("save").elements.name.value) || "NAME", ...panel.dataset.options.split(" ").filter(Boolean)].join(" ") + quoted("-p", changed) + quoted("--what-if", rows);
  };
  const change = (name, value) => {
    const chosen = given();
    const control = controls.find((c) => c.dataset.name === name);
    typed.delete(control);
    if (value === null || isSame(control, value, control.dataset.default)) chosen.delete(name); else chosen.set(name, value);
    go(chosen);
  };
  const go = (chosen, rows = changedRows()) => {
    const search = withParameters(location.search, chosen, rows);
    if (withParameters("", chosen, rows) === withParameters("", given())) return;
    chosenHere = table && chosen;
    try { history.pushState(null, "", location.pathname + search + location.hash); } catch { /* a page from a disk keeps its address */ }
    shown = addressed();
    show();
    ask();
  };

  // Ask for the page of the address, and put it in as soon as it is there
  const tell = (told, refused, text, problem = "") => {
    find(told).textContent = text;
    find(refused).textContent = problem;
    find(refused).hidden = !problem;
  };
  const say = (text, problem, isWorking = false) => {
    tell("status", "problem", text, problem);
    panel.classList.toggle("working", isWorking);
  };
  const ask = () => {
    if (table) return look();
    // With a server
    const mine = ++turn;
    const asked = performance.now();
    if (events) events.close();
    if (changes) changes.close();  // what changes meanwhile is told when it listens again
    say(panel.dataset.working, "", true);
    const search = query();
    search.set("language", document.documentElement.lang.split("-")[0]);
    search.set("page", panel.dataset.page);
    const source = events = new EventSource("/live/events?" + search);
    const end = (text, problem) => { source.close(); if (mine === turn) { say(text, problem); listen(); } };
    source.addEventListener("progress", (event) => {
      const said = JSON.parse(event.data);
      if (mine === turn) say(`${panel.dataset.working} ${said.done}/${said.of}`, "", true);
    });
    source.addEventListener("refused", (event) => end("", JSON.parse(event.data).text));
    source.addEventListener("error", () => end("", panel.dataset.lost));
    let before = Promise.resolve();
    const put = (isReady) => before = before.then(async () => {
      if (mine !== turn) return;
      try {
        const answer = await fetch(location.pathname + "?" + query(), { cache: "no-store" });
        const text = await answer.text();
        if (mine !== turn) return;
        if (!answer.ok) return say("", text);
        if (answer.headers.get("X-State") === "pending") return isReady ? ask() : undefined;  // of another choice: files changed just now
        const fresh = new DOMParser().parseFromString(text, "text/html").documentElement;
        const isSame = fresh.querySelector("main").isEqualNode(written.querySelector("main"));
        take(fresh);
        show();
        if (isReady) say(panel.dataset.ready);
        if (!isSame) panel.dispatchEvent(new Event("live-taken"));  // what a reader began meanwhile stays
        panel.dataset[isReady ? "milliseconds" : "early"] = Math.round(performance.now() - asked);
      } catch { if (mine === turn) say("", panel.dataset.lost); }
    }).finally(() => { if (isReady && mine === turn) listen(); });
    // Some pages are known before the others: nothing that they show rests on notebooks that still run.
    source.addEventListener("early", (event) => { if (!JSON.parse(event.data).but.includes(panel.dataset.page)) put(false); });
    source.addEventListener("ready", () => { source.close(); put(true); });
    // With or without
  };

  // Rows of the table of all statements: a reader may have sorted them.
  const listed = ".scorecard tbody tr";
  const idOf = (row) => row.dataset.id || row.querySelector("th a").hash.replace(/^#[a-z]+-/, "");

  // Look up what the page holds
  const letter = ([, names, codes], chosen) => {
    let place = 0;
    for (const name of names) {
      const [values, standard] = table.axes[name];
      const at = chosen.has(name) ? values.indexOf(chosen.get(name)) : standard;
      if (at < 0) return "-";
      place = place * values.length + at;
    }
    return codes[place];
  };
  const worded = (code) => {
    const [verdict, word] = table.words[code];
    const made = document.createElement("span");
    made.className = "verdict " + verdict;
    made.innerHTML = `<svg class="symbol" aria-hidden="true"><use href="#shape-${verdict}"/></svg>`;
    made.append(word);
    return made;
  };
  const noted = document.createElement("div");
  noted.className = "changed";
  noted.setAttribute("role", "note");
  noted.hidden = true;
  if (table) document.querySelector("main").prepend(noted);
  const look = () => {
    const chosen = given(), verdicts = document.createElement("ul"), by = new Map();
    const rows = new Map([...document.querySelectorAll(listed)].map((row) => [idOf(row), row]));
    let untried = 0;
    verdicts.className = "live-verdicts";
    for (const claim of table.claims) {
      const [id, , , counts] = claim, before = letter(claim, new Map()), now = letter(claim, chosen);
      const row = rows.get(id), link = row && row.querySelector("th a"), card = document.getElementById("claim-" + id);
      const code = now === "-" ? before : now, [verdict] = table.words[code];
      if (now === "-") untried += 1;
      if (row && row.cells[0].textContent.trim() !== table.words[code][1]) { row.cells[0].replaceChildren(...worded(code).childNodes); moved(row); }
      if (card && !card.classList.contains(verdict)) {
        for (const [other] of Object.values(table.words)) card.classList.remove(other);
        card.classList.add(verdict);
        card.querySelector(".verdict").replaceWith(worded(code));
        moved(card);
      }
      if (code === before) continue;
      if (counts) for (const [at, by1] of [[before, -1], [code, 1]]) by.set(at, (by.get(at) || 0) + by1);
      const item = document.createElement("li"), way = document.createElement("a");
      way.href = link ? link.getAttribute("href") : "#main";
      way.textContent = link ? link.textContent : id;
      item.append(way, document.createElement("br"), worded(before), " → ", worded(code));
      verdicts.append(item);
    }
    noted.hidden = !chosen.size;
    noted.textContent = panel.dataset.noted.replace("%s", [...chosen].map(([name, value]) => `${name} = ${value}`).join(", "));
    for (const [code, [verdict]] of Object.entries(table.words)) {
      const tile = document.getElementById("count-" + verdict);
      if (!tile) continue;
      const count = tile.querySelector("b");
      count.textContent = Number(count.dataset.plain ??= count.textContent) + (by.get(code) || 0);
      tile.querySelector("small").hidden = by.has(code);  // what the others rest on is not known
    }
    const part = find("moved"), title = document.createElement("h3"), same = document.createElement("p");
    title.textContent = part.dataset.title;
    same.textContent = part.dataset.same;
    part.replaceChildren(...(chosen.size ? [title, verdicts.children.length ? verdicts : same] : []));
    say(untried ? find("status").dataset.untried.replace("%s", untried) : "");
    flash();
    for (const form of document.querySelectorAll("form.filters")) form.dispatchEvent(new CustomEvent("live-fresh"));
  };

  // With a server
  // Put in what differs. Compared are two pages as they were written; the one on show keeps what its reader did to it.
  const key = (node) => node.nodeType !== 1 ? "" : node.id || node.dataset.id || (node.matches(listed) ? idOf(node) : node.nodeName === "OPTION" ? node.value : "");
  const elements = (node) => [...node.childNodes].filter((n) => (n.nodeType === 1 && n.nodeName !== "SCRIPT") || n.nodeType === 3);
  const isBlank = (node) => node.nodeType === 3 && !node.data.trim();
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);
  const akin = (a, b) => alike(a, b) && a.className === b.className;  // no two drawings are: one that differs comes whole
  // For each node of a list the place of its like in another: by name, else in order, from both ends first; -1 where it has none.
  const places = (list, others, like) => {
    const found = list.map(() => -1), free = (n) => !key(others[n]), named = new Map();
    others.forEach((node, n) => { if (key(node) && !named.has(key(node))) named.set(key(node), n); });
    list.forEach((node, n) => { const at = named.get(key(node)); if (key(node) && at !== undefined && alike(node, others[at])) { found[n] = at; named.delete(key(node)); } });
    let start = 0, end = 0;
    while (start < Math.min(list.length, others.length) && like(list[start], others[start])) { if (free(start)) found[start] = start; start += 1; }
    while (end < Math.min(list.length, others.length) - start && like(list.at(-1 - end), others.at(-1 - end))) { if (free(others.length - 1 - end)) found[list.length - 1 - end] = others.length - 1 - end; end += 1; }
    for (let n = start, at = start; n < list.length - end; n += 1) if (found[n] < 0 && !key(list[n])) {
      const next = others.findIndex((node, m) => m >= at && m < others.length - end && free(m) && like(list[n], node));
      if (next >= 0) { found[n] = next; at = next + 1; }
    }
    return found;
  };
  const patch = (live, old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType === 3) {
      live.data = fresh.data;
      if (old.data.trim() !== fresh.data.trim()) moved(live.parentElement);
      return;
    }
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) live.setAttribute(name, value);
    for (const { name } of old.attributes) if (!fresh.hasAttribute(name)) live.removeAttribute(name);
    if (live.id === "live") { patchPart(live, old, fresh, "#live-moved"); return; }
    const [ours, before, after] = [live, old, fresh].map(elements);
    const there = places(before, ours, alike), chosen = live.nodeName === "SELECT" ? live.value : null;
    const from = places(after, before, akin).map((at) => (at >= 0 && there[at] < 0 && isBlank(before[at]) ? -1 : at));
    // What a reader or a script took away, or made into something else, cannot be patched.
    if (from.some((at) => at >= 0 && there[at] < 0)) return replace(live, fresh);
    const nodes = after.map((node, n) => {
      if (from[n] < 0) return imported(live, node);
      patch(ours[there[from[n]]], before[from[n]], node);
      return ours[there[from[n]]];
    });
    before.forEach((_, n) => { if (!from.includes(n) && there[n] >= 0) ours[there[n]].remove(); });
    let last = null;
    nodes.forEach((node, n) => {
      if (from[n] < 0 || (last && !(last.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING))) last ? last.after(node) : live.prepend(node);
      if (from[n] < 0 && !isBlank(node)) { put(node); moved(node.nodeType === 1 ? node : live); }
      last = node;
    });
    if (chosen !== null) live.value = [...live.options].some((option) => option.value === chosen) ? chosen : "";
    if (before.some((node, n) => !from.includes(n) && !isBlank(node)) && live.nodeName !== "MAIN") moved(live);
  };
  const replace = (live, fresh) => {
    if (live.querySelector("#live, form, .share, details.menu")) return location.reload();  // with scripts of their own
    live.replaceChildren(...imported(live, fresh).childNodes);
    put(live);
    moved(live);
  };
  const imported = (live, fresh) => {
    const open = new Set([...live.querySelectorAll("details[open]")].map(inWords)), made = document.importNode(fresh, true);
    if (made.nodeType !== 1) return made;
    for (const part of made.querySelectorAll("details")) if (open.has(inWords(part))) part.open = true;
    for (const part of made.querySelectorAll("script, #live")) part.remove();
    return made;
  };
  const put = (node) => node.dispatchEvent(new Event("live-put", { bubbles: true }));
  const patchPart = (live, old, fresh, what) => {
    const part = live.querySelector(what);
    part.replaceChildren(...document.importNode(fresh.querySelector(what), true).childNodes);
  };
  const inWords = (part) => (part.closest("[id]") || part).id + "/" + part.className + "/" + (part.querySelector("summary") || part).textContent;
  // With or without
  // What moved is shown at once in the end: each time would lay the page out anew.
  const parts = new Set(), moved = (part) => parts.add(part);
  const flash = () => {
    const shown = [...parts].filter((part) => part.closest("main"));
    parts.clear();
    for (const part of shown) part.classList.remove("live-moved");
    void document.body.offsetWidth;
    for (const part of shown) part.classList.add("live-moved");
  };
  // With a server
  const declared = (page) => [...page.querySelectorAll(".live-control")].map((c) => JSON.stringify(c.dataset)).join();
  const take = (fresh) => {
    if (declared(fresh) !== declared(written)) return location.reload();
    const oldStyle = written.querySelector("head style"), style = fresh.querySelector("head style");
    if (oldStyle && style && oldStyle.textContent !== style.textContent) document.querySelector("head style").textContent = style.textContent;
    const title = fresh.querySelector("title");
    if (title) document.title = title.textContent;
    patch(document.body, written.querySelector("body"), fresh.querySelector("body"));
    written = fresh;
    heard = panel.dataset.asOf;
    put(document);
    flash();
    for (const form of document.querySelectorAll("form.filters")) form.dispatchEvent(new CustomEvent("live-fresh", { detail: [...written.querySelectorAll(listed)].map(idOf) }));
  };

  // With or without
  // The reader's hands
  const waits = new Map();  // control → what it will be: each has its own time
  const drop = (name) => { clearTimeout((waits.get(name) || {}).timer); waits.delete(name); };
  const soon = (name, value) => { drop(name); waits.set(name, { value, timer: setTimeout(() => { drop(name); change(name, value); }, 120) }); };
  const settle = () => { for (const [name, { value }] of [...waits]) { drop(name); change(name, value); } };
  for (const control of controls) {
    const { name } = control.dataset;
    const commit = () => { drop(name); if (field(control).checkValidity()) change(name, read(control)); else field(control).reportValidity(); };
    control.addEventListener("input", () => typed.add(control));
    field(control).addEventListener("change", commit);
    field(control).addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); commit(); } });
    if (slider(control)) slider(control).addEventListener("input", () => { field(control).value = slider(control).value; soon(name, slider(control).value); });
    if (slider(control)) field(control).addEventListener("input", () => { slider(control).value = field(control).value; if (field(control).checkValidity() && field(control).value) soon(name, field(control).value); });
    for (const button of control.querySelectorAll(".live-step")) button.addEventListener("click", () => step(control, Number(button.dataset.by)));
    if (control.dataset.kind === "quarter") field(control).addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (by && !field(control).hasAttribute("list")) { event.preventDefault(); step(control, by); }
    });
  }
  const step = (control, by) => {
    const match = /^(\d{4})-Q([1-4])$/.exec(read(control));
    const today = new Date();
    const from = match ? Number(match[1]) * 4 + Number(match[2]) - 1 : today.getFullYear() * 4 + Math.floor(today.getMonth() / 3);
    const to = from + by;
    field(control).value = `${Math.floor(to / 4)}-Q${(to % 4) + 1}`;
    typed.add(control);
    soon(control.dataset.name, field(control).value);
  };
  find("reset").addEventListener("click", () => { typed.clear(); show(); go(new Map(), new Map()); find("find").focus(); });
  find("form").addEventListener("submit", (event) => event.preventDefault());
  find("find").addEventListener("input", () => {
    const asked = find("find").value.toLowerCase().split(/\s+/);
    for (const control of controls) control.hidden = !asked.every((word) => control.textContent.toLowerCase().includes(word));
    for (const group of find("form").querySelectorAll("fieldset")) group.hidden = !group.querySelector(".live-control:not([hidden])");
  });
  for (const way of panel.querySelectorAll(".live-turns")) way.addEventListener("click", (event) => {
    event.preventDefault();
    const list = document.getElementById(way.hash.slice(1));
    list.hidden = !list.hidden;
    way.setAttribute("aria-expanded", String(!list.hidden));
  });
  if (find("save")) find("save").elements.name.addEventListener("input", show);
  find("copy").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(find("command").textContent); find("copied").textContent = panel.dataset.copied; } catch { getSelection().selectAllChildren(find("command")); }
  });
  // With a server
  let isSaving = false;
  if (find("save")) find("save").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSaving) return;
    const body = { name: find("save").elements.name.value, as: event.submitter ? event.submitter.value : "run", parameters: Object.fromEntries(given()), rows: Object.fromEntries(changedRows()) };
    const kept = (text, problem) => tell("kept", "unkept", text, problem);  // not where the pages' own progress is told, which goes on meanwhile
    isSaving = true;
    kept(panel.dataset.saving);
    try {
      const answer = await fetch("/live/save", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      if (answer.ok) kept(`${panel.dataset.saved} ${(await answer.json()).text}`); else kept("", await answer.text());
    } catch { kept("", panel.dataset.lost); }
    isSaving = false;
  });

  panel.addEventListener("live-rows", ({ detail }) => {
    const rows = changedRows();
    for (const [name, value] of Object.entries(detail)) if (value === null) rows.delete(name); else rows.set(name, value);
    go(given(), rows);
  });

  // With or without
  // Open and closed
  const remembered = (value) => { try { return value === undefined ? sessionStorage.getItem("live") : sessionStorage.setItem("live", value); } catch { return null; } };
  const toggle = (open) => {
    find("body").hidden = !open;
    find("open").hidden = open;
    find("open").setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("live-open", open);
  };
  find("open").addEventListener("click", () => { toggle(true); remembered("open"); find("find").focus(); });
  find("close").addEventListener("click", () => { toggle(false); remembered("closed"); find("open").focus(); });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && event.target.type !== "search") find("close").click(); });
  toggle(remembered() ? remembered() === "open" : !find("table") && matchMedia("(min-width: 80rem)").matches);  // beside exported pages it waits to be asked for

  // With a server
  // Every way to another page of the site takes the parameters along.
  const along = (event) => {
    if (event.target.closest && event.target.closest("a[href]")) settle();
    const way = event.target.closest && event.target.closest("a[href]");
    if (way && way.origin === location.origin && way.pathname.endsWith(".html") && !table && !way.getAttribute("href").startsWith("#")) way.search = withParameters(way.search, given());
  };
  for (const kind of ["click", "auxclick", "contextmenu"]) addEventListener(kind, along, true);
  // With or without
  let shown = addressed();
  addEventListener("popstate", () => {
    if (shown === addressed()) return;  // another place of the same page
    chosenHere = null;
    typed.clear();
    shown = addressed();
    show();
    ask();
  });
  // With a server
  // A tab that nobody sees listens to nothing: browsers hold six connections to a host, and the page of a seventh tab would not come.
  let changes = null, heard = panel.dataset.asOf;
  const listen = () => {
    if (changes) changes.close();
    changes = document.hidden || (events && events.readyState !== EventSource.CLOSED) ? null : new EventSource("/live/changes?as-of=" + heard);
    if (changes) changes.addEventListener("changed", (event) => { heard = event.lastEventId; ask(); });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pageshow", (event) => { show(); if (event.persisted) ask(); });  // kept by the browser as it was left, or its controls alone
  listen();
  // With or without
  show();
  if (table && given().size) look();
  if (panel.dataset.state === "pending") ask();
})();
