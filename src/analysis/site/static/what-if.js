"use strict";
// Another value, or another edition, for an input on a card of a served page. panel.js keeps what was chosen, in the address.
(() => {
  const panel = document.getElementById("live"), words = JSON.parse(panel.dataset.words);
  const chosen = () => new Map([...new URLSearchParams(location.search)].filter(([name]) => name.startsWith(panel.dataset.rowPrefix))
    .map(([name, value]) => [name.slice(panel.dataset.rowPrefix.length), value]));
  const place = (row) => row.split("@").slice(0, 2).join("@");
  const set = (changes) => panel.dispatchEvent(new CustomEvent("live-rows", { detail: changes }));
  const made = (name, facts, ...inside) => {
    const element = Object.assign(document.createElement(name), facts);
    element.append(...inside);
    return element;
  };

  // The form of one input: its value, and the editions that the data have of it
  const form = (input, name) => {
    const now = chosen(), swapped = now.get(place(input.row));
    const value = made("input", { type: "text", inputMode: "decimal", required: true, pattern: "-?[0-9]+(\\.[0-9]+)?", maxLength: 30, value: now.get(input.row) || input.value, autocomplete: "off" });
    value.setAttribute("aria-label", `${words.value}: ${name}`);
    const parts = [value, made("button", { type: "submit", textContent: words.try })];
    if (input.others.length && input.main) {
      const all = [{ edition: input.main, value: "" }, ...input.others];
      const editions = made("select", {}, ...all.map(({ edition, value: text }) =>
        made("option", { value: edition, textContent: edition + (text ? `: ${text}` : ""), selected: edition === (swapped || input.main) })));
      editions.setAttribute("aria-label", `${words.edition}: ${name}`);
      editions.addEventListener("change", () => {
        Object.assign(whole.dataset, { of: value.value, asked: "" });
        const changes = Object.fromEntries([...chosen().keys()].filter((row) => row.startsWith(place(input.row) + "@")).map((row) => [row, null]));
        set({ ...changes, [place(input.row)]: editions.value === input.main ? null : editions.value });
      });
      parts.push(editions);
    }
    if (now.has(input.row) || swapped) parts.push(made("button", { type: "button", textContent: words.reset, onclick: () => set({ [input.row]: null, [place(input.row)]: null }) }));
    const whole = made("form", { className: "live-row" }, ...parts);
    whole.dataset.of = value.value;  // what it holds that was asked for: all else is being typed
    whole.addEventListener("submit", (event) => {
      event.preventDefault();
      Object.assign(whole.dataset, { of: value.value, asked: "" });
      set({ [input.row]: value.value.trim() === input.value && !chosen().has(input.row) ? null : value.value.trim() });
    });
    whole.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); closed(whole, input, name).focus(); } });
    return whole;
  };
  const closed = (shown, input, name) => {
    const button = made("button", { type: "button", className: "live-if", textContent: words.open });
    button.append(made("span", { className: "unseen", textContent: `: ${name}` }));
    button.addEventListener("click", () => { const open = form(input, name); button.replaceWith(open); open.querySelector("input").select(); });
    shown.replaceWith(button);
    return button;
  };

  // Each opened list of inputs gets its buttons, and gets them again where the page was patched
  const dress = async (list) => {
    const card = list.closest(".card");
    if (!card) return;
    const search = new URLSearchParams(location.search);
    search.set("claim", card.id.replace(/^claim-/, ""));
    search.set("language", document.documentElement.lang.split("-")[0]);
    search.set("page", panel.dataset.page);
    let inputs;
    try { inputs = (await (await fetch("/live/inputs?" + search, { cache: "no-store" })).json()).inputs; } catch { return; }
    const rows = [...card.querySelectorAll("details.inputs tbody tr")];
    if (rows.length !== inputs.length) return;
    rows.forEach((row, n) => {
      const cell = row.querySelector("td.number"), old = cell && cell.querySelector(".live-if, .live-row");
      if (!list.contains(row) || !cell || !inputs[n].row) return;
      const isHere = Boolean(old) && old.contains(document.activeElement);
      if (old && old.matches(".live-row") && (old.querySelector("input").value !== old.dataset.of || (isHere && old.dataset.asked === undefined))) return;
      const holder = old || cell.appendChild(document.createElement("span"));
      const button = closed(holder, inputs[n], row.querySelector("th + td, th").textContent);
      if (isHere) button.focus({ preventScroll: true });
    });
  };
  const dressed = () => document.querySelectorAll(".card details.inputs[open]").forEach(dress);
  document.addEventListener("toggle", (event) => { if (event.target.matches(".card details.inputs") && event.target.open) dress(event.target); }, true);
  panel.addEventListener("live-taken", dressed);
  dressed();
})();
