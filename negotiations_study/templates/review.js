// Reviewing rows by keyboard: the same module in a notebook (anywidget) and in a page of its own.
// Texts of articles are untrusted: they become text nodes, never markup.

const KEYS = [
  ["a", "accept"], ["r", "reject"], ["s", "skip"], ["p", "previous"],
  ["k", "kind"], ["g", "strength"], ["f", "form"], ["h", "holder"], ["t", "theme"],
  ["x", "stance"], ["y", "target"],
  ["m", "move to selection"], ["n", "new from selection"], ["c", "comment"], ["u", "undo"],
];
const COLUMN = { k: "kind", g: "strength", f: "form", h: "holder", t: "theme", x: "stance", y: "target" };
const NONE = "declared_non_precondition";
const LEGEND = [["row", "the row"], ["trigger", "what ties it to talks"], ["source", "who says it"]];

function make(tag, words = "", about = {}) {
  const node = document.createElement(tag);
  if (words) node.textContent = words;
  for (const [name, value] of Object.entries(about)) node.setAttribute(name, value);
  return node;
}

// [offset in code points, word or blank] of a text that begins at `from`
function tokens(text, from) {
  let at = from;
  return (text.match(/\s+|[^\s]+/gu) || []).map((word) => {
    const pair = [at, word];
    at += Array.from(word).length;
    return pair;
  });
}

// Pieces of a token that all lie in the same marks
function pieces([at, word], marks) {
  const letters = Array.from(word);
  const cuts = new Set([0, letters.length]);
  for (const { start, end } of marks)
    for (const edge of [start - at, end - at]) if (edge > 0 && edge < letters.length) cuts.add(edge);
  const ends = [...cuts].sort((a, b) => a - b);
  return ends.slice(1).map((end, n) => [at + ends[n], letters.slice(ends[n], end).join("")]);
}

export function mount(root, link) {
  const { items, choices, file, who } = link.state;
  const undone = []; // decisions: the item, what it was before, what was added
  let now = 0, selected = null, anchor = null, cursor = null, comment = "";
  let queue = Promise.resolve(); // of what is to be written

  root.classList.add("review");
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves our keys alone
  root.tabIndex = -1;
  const head = make("p", "", { class: "count" });
  const about = make("h2");
  const why = make("p", "", { class: "why" });
  const text = make("div", "", {
    class: "text", tabindex: "0", role: "group", "aria-roledescription": "passage",
    "aria-label": "Passage. Left and right move by word, with shift they select.",
  });
  const legend = make("p", "", { class: "legend" });
  for (const [role, what] of LEGEND) legend.append(make("span", what, { class: role }), " ");
  const facts = make("dl");
  const said = make("p", "", { class: "said", role: "status", "aria-live": "polite" });
  const ask = make("div", "", { class: "ask" });
  const bar = make("div", "", { class: "bar", role: "toolbar", "aria-label": "Decisions" });
  for (const [key, name] of KEYS) {
    const button = make("button", "", { type: "button", "data-key": key, "aria-keyshortcuts": key });
    button.append(make("kbd", key), " " + name);
    button.addEventListener("click", () => press(key));
    bar.append(button);
  }
  root.append(head, about, why, text, legend, facts, ask, said, bar);

  const item = () => items[now];
  const tell = (words, bad = false) => {
    said.textContent = words;
    said.classList.toggle("bad", bad);
  };

  function show() {
    const one = item();
    const decided = items.filter((x) => x.status && x.status !== "skipped").length;
    head.textContent = items.length
      ? `${now + 1} of ${items.length}, ${decided} decided; ${file}${who ? ", " + who : ""}`
      : "There is nothing to review.";
    if (!one) return;
    about.textContent = one.about;
    why.textContent = `${one.table.slice(0, -1)}: ${one.why}${one.status ? ". Now " + one.status : ""}`;
    why.dataset.status = one.status;
    text.replaceChildren();
    for (const token of tokens(one.text, one.from))
      for (const [at, part] of pieces(token, one.marks)) {
        const span = make("span", part, { "data-at": at });
        const roles = one.marks.filter((m) => m.start <= at && at < m.end).map((m) => m.role);
        for (const role of roles) span.classList.add(role);
        if (selected && selected[0] <= at && at < selected[1]) span.classList.add("selected");
        if (cursor !== null && at === words()[cursor]?.[0]) span.classList.add("cursor");
        text.append(span);
      }
    facts.replaceChildren();
    for (const [column, value] of Object.entries(one.values)) {
      const code = (choices[column] || []).find(([c]) => c === value);
      facts.append(make("dt", column), make("dd", code ? code[1] : value || "not known"));
    }
    for (const button of bar.children) {
      const column = COLUMN[button.dataset.key];
      button.hidden = Boolean(column) && !(column in one.values);
    }
  }

  function go(to) {
    if (!items.length) return;
    now = Math.max(0, Math.min(items.length - 1, to));
    selected = anchor = cursor = null;
    show();
    text.focus();
  }

  const words = () => tokens(item().text, item().from).filter(([, word]) => word.trim());

  const sent = (message) => link.send(message).catch((error) => ({ error: String(error) }));
  const later = (what) => {
    queue = queue.then(what).catch((error) => tell(String(error), true));
  };
  const rowWords = (one) => {
    const { start, end } = one.marks.find((mark) => mark.role === "row");
    return Array.from(one.text).slice(start - one.from, end - one.from).join("");
  };

  // A decision is shown at once and written one after the other; what cannot be written is taken back
  function decide(lines, status, after = {}, place = null) {
    const one = item(), why = comment;
    const was = { ...one, values: { ...one.values } };
    const made = place ? { ...one, ...after, id: null, status } : null;
    if (made) items.splice(now + 1, 0, made);
    else Object.assign(one, after, { status });
    const step = { one, was, made, why, failed: false };
    undone.push(step);
    comment = "";
    tell(`${status}: ${rowWords(made || one)}`);
    later(async () => {
      const message = { do: "decide", id: was.id ?? one.id, lines, why };
      const reply = await sent(place ? { ...message, new: place } : message);
      if (made && !reply.error) made.id = reply.id;
      if (!reply.error) return;
      step.failed = true;
      undone.splice(undone.indexOf(step), undone.includes(step) ? 1 : 0);
      back(step);
      tell(reply.error, true);
    });
  }

  // As it was before a decision
  function back({ one, was, made, why }) {
    comment = why || comment;
    if (made && items.includes(made)) items.splice(items.indexOf(made), 1);
    Object.assign(one, was);
    go(items.indexOf(one));
  }

  const next = () => go(now + 1);

  function accept() {
    const one = item();
    if (one.table !== "suggestions") {
      decide([["row", one.table, one.table]], "accepted");
      return next();
    }
    if (!one.values.holder) {
      return choose("holder", (holder) => {
        one.values = { ...one.values, holder };
        accept();
      });
    }
    const rest = Object.entries(one.values).map(([column, value]) => [column, "", value]);
    const id = one.id.replace(/:m(\d+-\d+)$/, ":c$1");
    decide([["row", "suggestions", "conditions"], ...rest], "added", { table: "conditions", id });
    return next();
  }

  // What must go together: a declaration that there are no conditions is a disclaimer of strength 0
  function agreeing(values, column, value) {
    const found = { [column]: value };
    if (column !== "kind") return found;
    const was = values.kind === NONE, is = value === NONE;
    if (is && !was) Object.assign(found, { form: "disclaimer", strength: "0" });
    if (was && !is) Object.assign(found, { form: "positive", strength: "2" });
    return found;
  }

  function change(column, value) {
    const one = item();
    const found = agreeing(one.values, column, value);
    const values = { ...one.values, ...found };
    if (one.table === "suggestions") {
      one.values = values;
      tell(`${column}: ${value}; accept it to keep it`);
    } else {
      const lines = Object.entries(found).map(([c, v]) => [c, one.values[c] || "", v]);
      decide(lines, "changed", { values });
    }
    show();
    text.focus();
  }

  // What is asked may lie below the edge of the window
  const begin = (field) => {
    field.focus();
    ask.scrollIntoView({ block: "nearest" });
  };

  // A list to choose from: arrows and Enter, or the number; Escape leaves it
  function choose(column, then) {
    const one = item();
    const known = column === "holder" ? one.people.map((name) => [name, name, ""]) : choices[column];
    const list = make("select", "", { size: Math.min(10, known.length), "aria-label": `New ${column}` });
    known.forEach(([code, label, what], n) => {
      const option = make("option", `${n < 9 ? n + 1 : "–"} ${label}${what ? ": " + what : ""}`, { value: code });
      option.selected = code === one.values[column];
      list.append(option);
    });
    let typed = null;
    const done = (value) => {
      ask.replaceChildren();
      text.focus();
      if (value !== null) then(value);
    };
    if (column === "holder") typed = make("input", "", { "aria-label": "Or words of the article" });
    for (const field of [list, typed].filter(Boolean)) {
      field.addEventListener("keydown", (event) => {
        event.stopPropagation();
        const number = field === list && /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
        if (event.key === "Escape") done(null);
        else if (number && number <= known.length) (event.preventDefault(), done(known[number - 1][0]));
        else if (event.key === "Enter" && field.value.trim()) (event.preventDefault(), done(field.value.trim()));
      });
    }
    list.addEventListener("dblclick", () => list.value && done(list.value));
    ask.replaceChildren(make("label", `New ${column}: number, or arrows and Enter`), list);
    if (typed) ask.append(make("label", "or words of the article, then Enter"), typed);
    begin(list);
  }

  function say() {
    const field = make("input", "", { "aria-label": "Comment", maxlength: "1000" });
    field.value = comment;
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      if (event.key === "Enter") {
        comment = field.value;
        tell(comment ? "The comment goes with the next decision." : "No comment.");
      }
      ask.replaceChildren();
      text.focus();
    });
    ask.replaceChildren(make("label", "Comment on the next decision, then Enter"), field);
    begin(field);
  }

  // The selection of the mouse, or of the keyboard; null if it is not in the passage
  function chosen() {
    const range = document.getSelection()?.rangeCount ? document.getSelection().getRangeAt(0) : null;
    if (range && !range.collapsed && text.contains(range.startContainer) && text.contains(range.endContainer)) {
      const at = (node, offset) => {
        if (node === text) return null;
        const span = (node.nodeType === 3 ? node.parentElement : node).closest("[data-at]");
        const before = node.nodeType === 3 ? node.data.slice(0, offset) : "";
        return span && Number(span.dataset.at) + Array.from(before).length;
      };
      const ends = [at(range.startContainer, range.startOffset), at(range.endContainer, range.endOffset)];
      if (ends.every((end) => end !== null)) selected = ends;
    }
    if (!selected) return null;
    const one = item(), letters = Array.from(one.text);
    let [start, end] = selected.map((x) => x - one.from);
    while (start < end && !letters[start].trim()) start += 1;
    while (end > start && !letters[end - 1].trim()) end -= 1;
    const inWord = (at) => /[\p{L}\p{N}]/u.test(letters[at] || " ");
    while (start > 0 && inWord(start - 1) && inWord(start)) start -= 1;
    while (end < letters.length && inWord(end) && inWord(end - 1)) end += 1;
    return start < end ? { start: start + one.from, end: end + one.from, words: letters.slice(start, end).join("") } : null;
  }

  function add() {
    const place = chosen();
    if (!place) return tell("Select words of the passage first.", true);
    choose("kind", (kind) => choose("holder", (holder) => {
      const none = kind === NONE, bar = kind === "prohibition";
      const form = none ? "disclaimer" : bar ? "negative" : "positive";
      const values = { holder, kind, form, strength: none ? "0" : "2", theme: "" };
      const lines = [["row", "", "conditions"]];
      for (const [column, value] of Object.entries(values)) if (value) lines.push([column, "", value]);
      const { start, end } = place;
      const after = { table: "conditions", marks: [{ start, end, role: "row" }], values, why: "added" };
      decide(lines, "added", after, { table: "conditions", start, end });
      next();
    }));
  }

  function move() {
    const place = chosen(), one = item();
    if (!place) return tell("Select words of the passage first.", true);
    if (one.table === "suggestions") return tell("Accept it first, or add a new row.", true);
    const row = one.marks.find((m) => m.role === "row");
    const lines = [["start", String(row.start), String(place.start)], ["end", String(row.end), String(place.end)]];
    const marks = [...one.marks.filter((m) => m !== row), { ...row, start: place.start, end: place.end }];
    selected = null;
    decide([...lines, ["text", "", place.words]], "changed", { marks });
    show();
  }

  function undo() {
    const last = undone.pop();
    if (!last) return tell("Nothing to undo.", true);
    back(last);
    tell(`The last decision is taken back.${last.why ? " Its comment goes with the next one." : ""}`);
    later(async () => {
      const reply = last.failed ? {} : await sent({ do: "undo" });
      if (reply.error) tell(reply.error, true);
    });
  }

  function press(key) {
    if (!item()) return undefined;
    const does = {
      a: accept,
      r: () => (decide([["row", item().table, ""]], "rejected"), next()),
      s: () => ((item().status ||= "skipped"), go(now + 1)),
      p: () => go(now - 1),
      c: say,
      u: undo,
      n: add,
      m: move,
    };
    const column = COLUMN[key];
    if (key in does) return does[key]();
    return column in item().values ? choose(column, (value) => change(column, value)) : undefined;
  }

  function walk(by, extend) {
    const all = words();
    cursor = Math.max(0, Math.min(all.length - 1, cursor === null ? (by > 0 ? 0 : all.length - 1) : cursor + by));
    if (!extend) anchor = cursor;
    anchor ??= cursor;
    const [from, to] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
    selected = [all[from][0], all[to][0] + Array.from(all[to][1]).length];
    document.getSelection()?.removeAllRanges();
    show();
    tell(Array.from(item().text).slice(selected[0] - item().from, selected[1] - item().from).join(""));
  }

  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
    const keys = { ArrowDown: "s", ArrowUp: "p" };
    const key = keys[event.key] || event.key.toLowerCase();
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (event.target !== text || !item()) return;
      walk(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
    } else if (KEYS.some(([known]) => known === key)) press(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  show();
}

export default {
  render({ model, el }) {
    const waiting = new Map();
    let number = 0;
    model.on("msg:custom", (reply) => {
      waiting.get(reply.number)?.(reply);
      waiting.delete(reply.number);
    });
    const send = (message) => new Promise((done) => {
      waiting.set(++number, done);
      model.send({ ...message, number });
    });
    mount(el, { state: JSON.parse(model.get("data")), send });
  },
};
