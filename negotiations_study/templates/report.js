"use strict";
// Filters for the table of rows. Without this script every row is shown.
const bar = document.getElementById("filters");
const rows = [...document.querySelectorAll("tr[data-tags]")];
const count = document.getElementById("count");
const search = document.getElementById("search");
const chips = [...bar.querySelectorAll("button[data-tag]")];

const press = (chip, on) => chip.setAttribute("aria-pressed", String(on));
const isOn = chip => chip.getAttribute("aria-pressed") === "true";
const addressed = link => document.getElementById(link.hash.slice(1));

function apply() {
  const off = new Set(chips.filter(chip => !isOn(chip)).map(chip => chip.dataset.tag));
  const words = search.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const barred = row.dataset.tags.split(" ").some(tag => off.has(tag));
    row.hidden = barred || (words && !row.textContent.toLowerCase().includes(words));
    shown += row.hidden ? 0 : 1;
    addressed(row.querySelector("a.to-text"))?.classList.toggle("off", row.hidden);
  }
  count.textContent = shown
    ? `${shown} of ${rows.length} rows are shown`
    : `No row has this combination; all ${rows.length} rows are hidden`;
}

function reset() {
  chips.forEach(chip => press(chip, true));
  search.value = "";
  apply();
}

// A row that somebody cites is shown whatever the filters say
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.hidden || target?.classList.contains("off")) reset();
  target?.scrollIntoView({ block: "center" });
}

bar.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.tag) press(button, !isOn(button));
  else if (button.id === "reset") return reset();
  else chips.filter(chip => chip.dataset.facet === button.dataset.all || chip.dataset.facet === button.dataset.none)
    .forEach(chip => press(chip, "all" in button.dataset));
  apply();
});
search.addEventListener("input", apply);
window.addEventListener("hashchange", reveal);
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => { d.open = true; }));
bar.hidden = false;
apply();
if (location.hash) reveal();
