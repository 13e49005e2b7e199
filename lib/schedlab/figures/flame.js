// Interactive flame graph on a canvas. One layout for every arm: nodes come breadth first, siblings in the
// order in which they stand; a node's left edge is its parent's plus the widths of the siblings before it.
// Names are data, never markup: everything is drawn with fillText or set as textContent.
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const canvas = $("flame"), ctx = canvas.getContext("2d"), tip = $("tip");
  const ROW = 17, FONT = "11px system-ui, sans-serif", CHAR = 6.1;
  const two = data.arms.length > 1;
  const DIFF = { up: [213, 94, 0], down: [0, 114, 178], fresh: [123, 50, 148], gone: [77, 77, 77], grey: [214, 214, 214] };

  function ints(text) { // zigzag varints in base64
    const raw = atob(text), out = [];
    for (let i = 0; i < raw.length;) {
      let value = 0, unit = 1, byte;
      do { byte = raw.charCodeAt(i++); value += (byte & 127) * unit; unit *= 128; } while (byte > 127);
      out.push(value % 2 ? -(value + 1) / 2 : value / 2);
    }
    return out;
  }

  function load() {
    const n = data.n, parent = ints(data.parent), name = ints(data.name);
    for (let i = 1; i < n; i++) parent[i] += parent[i - 1];
    const values = data.values.map(ints), scale = data.scale;
    for (const column of values) for (let i = 0; i < n; i++) column[i] *= scale;
    const tree = { n, parent, name, values, line: ints(data.line), merged: new Map(data.merged), totals: data.totals };
    for (const key of ["lo", "hi", "q"]) if (data[key]) tree[key] = ints(data[key]).map((v) => (v === -99999 ? NaN : v / 1e4));
    return finish(tree);
  }

  // depth, left edges (merged and per arm), own values, level bounds, first child and child count
  function finish(t) {
    const n = t.n, arms = t.values.length;
    t.depth = new Int32Array(n); t.width = new Float64Array(n); t.start = new Float64Array(n);
    t.first = new Int32Array(n).fill(-1); t.count = new Int32Array(n);
    t.x = []; t.own = [];
    const total = t.totals.map((v) => Math.abs(v) || 1);
    for (let i = 0; i < n; i++) for (let k = 0; k < arms; k++) t.width[i] += Math.abs(t.values[k][i]) / total[k] / arms;
    const next = new Float64Array(n);
    for (let k = 0; k < arms; k++) { t.x.push(new Float64Array(n)); t.own.push(Float64Array.from(t.values[k])); }
    const nextOf = t.x.map(() => new Float64Array(n));
    for (let i = 0; i < n; i++) {
      const p = t.parent[i];
      if (p >= 0 && i) {
        t.depth[i] = t.depth[p] + 1; t.start[i] = t.start[p] + next[p]; next[p] += t.width[i];
        if (t.first[p] < 0) t.first[p] = i;
        t.count[p]++;
        for (let k = 0; k < arms; k++) {
          t.x[k][i] = t.x[k][p] + nextOf[k][p]; nextOf[k][p] += Math.abs(t.values[k][i]) / total[k];
          t.own[k][p] -= t.values[k][i];
        }
      }
    }
    t.levels = []; // breadth first: each level is a run of rows
    for (let i = 0; i < n; i++) { const d = t.depth[i]; if (!t.levels[d]) t.levels[d] = [i, i]; t.levels[d][1] = i + 1; }
    return t;
  }

  const whole = load();
  const state = { tree: whole, up: null, zoom: 0, selected: 0, hover: -1, query: null, icicle: data.icicle,
    colour: two ? "difference" : "mechanism", view: "merged", mode: "absolute", focus: -1 };

  // --- values ---------------------------------------------------------------------------------------------
  function amount(v) {
    const sign = v < 0 ? "-" : "", a = Math.abs(v);
    const steps = data.unit === "nanoseconds" ? [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]]
      : data.unit === "bytes" ? [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [1024, "KiB"], [1, "B"]] : [[1, ""]];
    const [size, unit] = steps.find((s) => a >= s[0]) || steps[steps.length - 1];
    return sign + (a / size).toLocaleString("en", { maximumSignificantDigits: 4 }) + (unit && " " + unit);
  }
  const percent = (x) => (100 * x).toLocaleString("en", { maximumSignificantDigits: 3 }) + " %";
  const share = (t, i, k) => t.values[k][i] / (t.totals[k] || 1);
  function wilson(p, n) {
    const z = 1.959964, d = 1 + z * z / n, m = (p + z * z / 2 / n) / d, h = z / d * Math.sqrt(p * (1 - p) / n + z * z / 4 / n / n);
    return [Math.max(0, m - h), Math.min(1, m + h)];
  }
  function effect(t, i) { // what the difference colours and tooltips show, in the chosen mode
    const a = share(t, i, 0), b = share(t, i, 1);
    if (state.mode === "absolute") return b - a;
    if (state.mode === "relative") return a ? Math.log2((b || 1e-9) / a) : 8;
    const x = t.values[0][i] / data.requests[0], y = t.values[1][i] / data.requests[1];
    return x ? Math.log2((y || 1e-9) / x) : 8;
  }

  // --- colours ---------------------------------------------------------------------------------------------
  const hash = (s) => { let h = 2166136261; for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 16777619); return h >>> 0; };
  function pack(name) { const b = name.split("[")[0].split("(")[0], s = b.lastIndexOf("/"), d = name.indexOf(".", s + 1); return d < 0 ? name : name.slice(0, d); }
  const packColours = data.names.map((s) => { const h = hash(pack(s)); return `hsl(${h % 360} 55% ${72 + (h >>> 9) % 12}%)`; });
  const isNoise = (t, i) => !t.q || !(t.q[i] <= 0.05);
  function colour(t, i) {
    const name = t.name[i];
    if (name >= data.names.length - 2) return name === data.names.length - 1 ? "#ececec" : "#f7f7f7";
    if (state.colour === "package") return packColours[name];
    if (state.colour === "mechanism") return data.colours[data.mechanism[name]];
    const [a, b] = [t.values[0][i], t.values[1][i]], e = effect(t, i);
    if (isNoise(t, i)) return mixed(DIFF.grey, 1);
    const evidence = (t.q[i] <= 0.001 ? 1 : t.q[i] <= 0.01 ? 0.85 : 0.7) * (data.seen ? 1 : 0.5);
    if (!a || !b) return mixed(a ? DIFF.gone : DIFF.fresh, evidence);
    const strong = Math.min(1, Math.abs(e) / (state.mode === "absolute" ? data.reach : 1));
    return mixed(e > 0 ? DIFF.up : DIFF.down, (0.25 + 0.75 * strong) * evidence);
  }
  const mixed = (way, opacity) => `rgb(${way.map((c, j) => Math.round(c * opacity + DIFF.grey[j] * (1 - opacity))).join(" ")})`;

  // --- drawing ---------------------------------------------------------------------------------------------
  let boxes = []; // what is on the canvas: {t, i, x, y, w}
  function panels() {
    const w = canvas.clientWidth;
    if (state.up) return [{ t: state.up, x: 0, w, flip: true }, { t: state.tree, x: 0, w }];
    if (two && state.view === "side") return [0, 1].map((k) => ({ t: state.tree, x: k * (w / 2 + 3), w: w / 2 - 3, arm: k }));
    return [{ t: state.tree, x: 0, w }];
  }
  const room = (t) => t.levels.length * ROW;
  function draw() {
    const list = panels(), both = state.up ? room(state.up) + room(state.tree) + 6 : Math.max(...list.map((p) => room(p.t)));
    const height = Math.max(both, 60) + (two && state.view === "side" && !state.up ? ROW : 0), ratio = window.devicePixelRatio || 1;
    canvas.style.height = height + "px";
    if (canvas.width !== Math.round(canvas.clientWidth * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(canvas.clientWidth * ratio); canvas.height = Math.round(height * ratio);
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, canvas.clientWidth, height);
    ctx.font = FONT; ctx.textBaseline = "middle";
    boxes = [];
    let top = 0;
    for (const p of list) {
      const depth = room(p.t);
      const flip = state.up ? !!p.flip : !state.icicle;
      if (p.arm !== undefined) { ctx.fillStyle = getComputedStyle(document.body).color; ctx.fillText(data.arms[p.arm], p.x + 3, ROW / 2); }
      panel(p, p.arm !== undefined ? ROW : top, depth, flip);
      if (state.up) top += depth + 6;
    }
  }
  function geometry(p) {
    const t = p.t, k = p.arm, z = t === whole ? state.zoom : 0;
    const start = k === undefined ? t.start : t.x[k];
    const width = k === undefined ? (i) => t.width[i] : (i) => Math.abs(t.values[k][i]) / (Math.abs(t.totals[k]) || 1);
    return { start, width, z, from: start[z], scale: p.w / (width(z) || 1) };
  }
  function panel(p, top, depth, flip) {
    const t = p.t, g = geometry(p), way = new Set(), query = state.query;
    for (let i = g.z; i >= 0; i = t.parent[i]) way.add(i);
    for (let d = 0; d < t.levels.length; d++) {
      const [begin, end] = t.levels[d], y = top + (flip ? depth - (d + 1) * ROW : d * ROW);
      let tiny = -1;
      for (let i = seek(t, g, begin, end); i < end; i++) {
        let x = (g.start[i] - g.from) * g.scale, w = g.width(i) * g.scale;
        if (x > p.w) break;
        if (d < t.depth[g.z]) { if (!way.has(i)) continue; x = 0; w = p.w; }
        if (x + w < 0 || w <= 0) continue;
        if (x < 0) { w += x; x = 0; }
        w = Math.min(w, p.w - x);
        if (w < 0.4) { const at = Math.floor(x); if (at !== tiny) { ctx.fillStyle = "#c8c8c8"; ctx.fillRect(p.x + at, y, 1, ROW - 1); tiny = at; } continue; }
        box(t, i, p.x + x, y, w, query);
      }
    }
  }
  function seek(t, g, begin, end) { // first node of a level that may be visible; starts rise along a level
    let lo = begin, hi = end;
    while (lo < hi) { const m = (lo + hi) >> 1; if (g.start[m] < g.from) lo = m + 1; else hi = m; }
    return t.depth[g.z] > t.depth[begin] ? begin : Math.max(begin, lo - 1);
  }
  function label(t, i) { const m = t.merged && t.merged.get(i); return m ? m + " others" : plain(data.names[t.name[i]]); }
  const plain = (s) => s.slice(0, 300).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, "\u00b7");
  const isDark = (c) => 0.2126 * parseInt(c.slice(1, 3), 16) + 0.7152 * parseInt(c.slice(3, 5), 16) + 0.0722 * parseInt(c.slice(5, 7), 16) < 128;
  function box(t, i, x, y, w, query) {
    boxes.push({ t, i, x, y, w });
    ctx.globalAlpha = query && !query.test(data.names[t.name[i]]) ? 0.25 : 1;
    ctx.fillStyle = colour(t, i);
    ctx.fillRect(x, y, Math.max(w - 0.6, 0.4), ROW - 1);
    if (w > 28) {
      ctx.fillStyle = isDark(ctx.fillStyle) ? "#fff" : "#111"; // the canvas gives its colour back as #rrggbb
      let s = label(t, i), fits = Math.floor((w - 6) / CHAR);
      if (s.length > fits && s.includes("/")) s = s.slice(s.lastIndexOf("/") + 1);
      if (s.length > fits) s = s.slice(0, Math.max(0, fits - 1)) + "…";
      if (s.length > 1) ctx.fillText(s, x + 3, y + ROW / 2, w - 4);
    }
    ctx.globalAlpha = 1;
    const marked = (state.hover === i || state.selected === i) && t === state.tree;
    if (marked || (query && ctx.globalAlpha === 1 && query.test(data.names[t.name[i]]))) {
      ctx.strokeStyle = marked ? "#000" : "#b2182b"; ctx.lineWidth = marked ? 1.5 : 1; ctx.strokeRect(x + 0.5, y + 0.5, Math.max(w - 1.5, 1), ROW - 2);
    }
  }
  let waiting = false;
  function redraw() { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } }

  // --- what is said ------------------------------------------------------------------------------------------
  function say(t, i) {
    const lines = [label(t, i)], merged = t.merged && t.merged.get(i);
    if (merged) lines.push("nodes too narrow to show, together");
    for (let k = 0; k < t.values.length; k++) {
      const p = share(t, i, k), n = data.samples[k];
      let line = (two ? data.arms[k] + ": " : "") + amount(t.values[k][i]) + " · " + percent(p);
      if (n && p >= 0 && p <= 1) line += " [" + wilson(p, n).map(percent).join(", ") + "]";
      lines.push(line + " · own " + amount(t.own[k][i]));
    }
    if (two) {
      const a = share(t, i, 0), b = share(t, i, 1);
      let line = "difference " + percent(b - a).replace("%", "points");
      if (t.lo && !Number.isNaN(t.lo[i])) line += " [" + percent(t.lo[i]).replace(" %", "") + ", " + percent(t.hi[i]).replace(" %", "") + "], q = " + t.q[i].toPrecision(2);
      lines.push(line + (isNoise(t, i) ? ": could be noise" : ""));
      if (a) lines.push("ratio of shares " + (b / a).toPrecision(3));
      if (data.requests) lines.push("per request " + (t.values[0][i] ? (t.values[1][i] / data.requests[1] / (t.values[0][i] / data.requests[0])).toPrecision(3) + " times" : "new"));
    }
    const name = t.name[i];
    if (name < data.names.length - 2) {
      lines.push(data.mechanisms[data.mechanism[name]] + " · " + plain(pack(data.names[name])));
      if (data.files[data.file[name]]) lines.push(plain(data.files[data.file[name]]) + (t.line[i] > 0 ? ":" + t.line[i] : ""));
    }
    return lines;
  }
  function status() {
    const parts = [data.title];
    if (state.zoom) parts.push("zoom: " + label(whole, state.zoom));
    if (state.focus >= 0) parts.push("callers above, callees below: " + plain(data.names[state.focus]));
    if (state.query) parts.push("matched " + matched().map((m, k) => (two ? data.arms[k] + " " : "") + percent(m)).join(", "));
    $("status").textContent = parts.join(" · ");
    $("note").textContent = data.note;
  }
  function matched() { // share below any match, nested matches counted once
    const t = state.tree, sums = t.values.map(() => 0), inside = new Uint8Array(t.n);
    for (let i = 0; i < t.n; i++) {
      if (t.parent[i] >= 0 && i && inside[t.parent[i]]) inside[i] = 1;
      else if (!t.merged.get(i) && state.query.test(data.names[t.name[i]])) { inside[i] = 1; t.values.forEach((v, k) => { sums[k] += v[i]; }); }
    }
    return sums.map((s, k) => s / (t.totals[k] || 1));
  }

  // --- sandwich ------------------------------------------------------------------------------------------------
  function sandwich(name) {
    if (name < 0 || name >= data.names.length - 2) return leave();
    const hits = [];
    for (let i = 0; i < whole.n; i++) if (whole.name[i] === name && !above(i, name)) hits.push(i);
    state.focus = name; state.zoom = 0; state.selected = 0; state.hover = -1;
    state.tree = grow(name, hits, (i) => kids(whole, i));
    state.up = grow(name, hits, (i) => (whole.parent[i] > 0 ? [whole.parent[i]] : []), true);
    after();
  }
  function above(i, name) { for (let p = whole.parent[i]; p > 0; p = whole.parent[p]) if (whole.name[p] === name) return true; return false; }
  function kids(t, i) { const out = []; for (let j = 0; j < t.count[i]; j++) out.push(t.first[i] + j); return out; }
  function grow(name, hits, step, carry) { // merge equal names level by level; `carry` takes the hit's own value upwards
    const arms = whole.values.length, value = (i, w) => (carry ? w : whole.values.map((v) => v[i]));
    const t = { n: 1, parent: [-1], name: [name], values: whole.values.map(() => [0]), line: [0], merged: new Map(), totals: whole.totals };
    let level = [{ row: 0, members: hits.map((i) => [i, whole.values.map((v) => v[i])]) }];
    for (const [, w] of level[0].members) for (let k = 0; k < arms; k++) t.values[k][0] += w[k];
    while (level.length && t.n < 60000) {
      const next = [];
      for (const node of level) {
        const by = new Map();
        for (const [i, w] of node.members) for (const j of step(i)) {
          const key = whole.name[j];
          if (!by.has(key)) by.set(key, { members: [], sum: new Array(arms).fill(0), others: 0 });
          const slot = by.get(key), v = value(j, w);
          slot.members.push([j, v]); slot.others += whole.merged.get(j) || 0;
          for (let k = 0; k < arms; k++) slot.sum[k] += v[k];
        }
        const sorted = [...by].sort((a, b) => b[1].sum.reduce((x, y) => x + Math.abs(y), 0) - a[1].sum.reduce((x, y) => x + Math.abs(y), 0));
        for (const [key, slot] of sorted) {
          const row = t.n++;
          t.parent.push(node.row); t.name.push(key); t.line.push(0);
          if (slot.others) t.merged.set(row, slot.others);
          for (let k = 0; k < arms; k++) t.values[k].push(slot.sum[k]);
          if (!slot.others) next.push({ row, members: slot.members });
        }
      }
      level = next;
    }
    const own = t.values.map((v) => v[0]); // widths are of the function, shares stay of the profile
    const done = finish({ ...t, totals: own.map((v) => v || 1) });
    done.totals = whole.totals;
    const scaleUp = done.totals.map((v, k) => (own[k] || 1) / (v || 1));
    for (let k = 0; k < arms; k++) for (let i = 0; i < done.n; i++) done.x[k][i] *= scaleUp[k];
    return done;
  }
  function leave() { state.tree = whole; state.up = null; state.focus = -1; state.selected = 0; after(); }

  // --- acting --------------------------------------------------------------------------------------------------
  function after() { status(); legend(); redraw(); }
  function zoom(i) { if (state.tree !== whole) return; state.zoom = i; state.selected = i; after(); }
  function reset() { if (state.tree !== whole) leave(); else zoom(0); }
  function search(text) {
    state.query = null;
    if (text) { try { state.query = new RegExp(text, "i"); } catch { state.query = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i"); } }
    after();
  }
  function at(event) {
    const r = canvas.getBoundingClientRect(), x = event.clientX - r.left, y = event.clientY - r.top;
    for (let k = boxes.length - 1; k >= 0; k--) { const b = boxes[k]; if (x >= b.x && x <= b.x + b.w && y >= b.y && y < b.y + ROW) return b; }
    return null;
  }
  function show(lines, x, y) {
    tip.replaceChildren(...lines.map((s) => { const d = document.createElement("div"); d.textContent = s; d.dir = "ltr"; return d; }));
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, Math.min(y + 16, window.innerHeight - tip.offsetHeight - 8)) + "px";
  }
  canvas.addEventListener("mousemove", (e) => {
    const b = at(e), i = b ? b.i : -1;
    if (b) show(say(b.t, b.i), e.clientX, e.clientY); else tip.hidden = true;
    if (i !== state.hover) { state.hover = b && b.t === state.tree ? i : -1; redraw(); }
  });
  canvas.addEventListener("mouseleave", () => { tip.hidden = true; state.hover = -1; redraw(); });
  canvas.addEventListener("click", (e) => { const b = at(e); canvas.focus(); if (b && b.t === whole) zoom(b.i); });
  canvas.addEventListener("dblclick", (e) => { const b = at(e); if (b) sandwich(b.t.name[b.i]); });
  canvas.addEventListener("keydown", (e) => {
    const t = state.tree, i = state.selected, move = { ArrowUp: state.icicle ? "out" : "in", ArrowDown: state.icicle ? "in" : "out", ArrowLeft: -1, ArrowRight: 1 }[e.key];
    let to = i;
    if (move === "in") to = t.count[i] ? t.first[i] : i;
    else if (move === "out") to = t.parent[i] >= 0 ? t.parent[i] : i;
    else if (move) { const j = i + move; if (j > 0 && j < t.n && t.parent[j] === t.parent[i]) to = j; }
    else if (e.key === "Enter") return zoom(i);
    else if (e.key === "Escape") return reset();
    else if (e.key === "s") return sandwich(t.name[i]);
    else if (e.key === "/") { e.preventDefault(); return $("search").focus(); }
    else if (e.key === "i") { $("icicle").checked = state.icicle = !state.icicle; return redraw(); }
    else return;
    e.preventDefault();
    state.selected = to;
    const r = canvas.getBoundingClientRect();
    draw();
    const b = boxes.find((k) => k.i === to && k.t === t);
    show(say(t, to), r.left + (b ? b.x : 0), r.top + (b ? b.y : 0));
  });
  $("search").addEventListener("input", (e) => search(e.target.value));
  $("search").addEventListener("keydown", (e) => { if (e.key === "Escape") { e.target.value = ""; search(""); canvas.focus(); } });
  $("reset").addEventListener("click", reset);
  $("sandwich").addEventListener("click", () => (state.tree === whole ? sandwich(whole.name[state.selected]) : leave()));
  $("icicle").checked = state.icicle;
  $("icicle").addEventListener("change", (e) => { state.icicle = e.target.checked; redraw(); });
  for (const id of ["colour", "view", "mode"]) {
    const s = $(id);
    s.value = state[id];
    s.addEventListener("change", () => { state[id] = s.value; after(); });
  }
  if (!two) for (const o of document.querySelectorAll(".two")) o.remove();
  if (two && !data.requests) $("per-request").remove();

  function legend() {
    const list = [];
    if (state.colour === "mechanism") data.mechanisms.forEach((m, k) => { if (data.present.includes(k)) list.push([data.colours[k], m]); });
    if (state.colour === "difference" && two) [["grey", "could be noise"], ["up", "more in " + data.arms[1]],
      ["down", "less in " + data.arms[1]], ["fresh", "only in " + data.arms[1]], ["gone", "only in " + data.arms[0]]].forEach(([c, s]) => list.push([mixed(DIFF[c], 1), s]));
    if (state.colour === "difference" && two) list.push(["transparent", data.seen ? "paler: smaller effect or weaker evidence" : "pale: only sampling noise is known"]);
    $("legend").replaceChildren(...list.map(([c, s]) => {
      const item = document.createElement("span"), chip = document.createElement("i");
      chip.style.background = c; item.append(chip, document.createTextNode(s));
      return item;
    }));
  }

  // --- taking it away --------------------------------------------------------------------------------------------
  const xml = (s) => plain(s).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  function svg() {
    draw();
    const w = canvas.clientWidth, h = parseFloat(canvas.style.height);
    const parts = boxes.map(({ t, i, x, y, w: wide }) => {
      const fits = Math.floor((wide - 6) / CHAR), s = label(t, i);
      const text = fits > 2 ? `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${xml(s.length > fits ? s.slice(0, fits - 1) + "…" : s)}</text>` : "";
      return `<g><title>${say(t, i).map(xml).join("\n")}</title><rect x="${x.toFixed(2)}" y="${y}" width="${wide.toFixed(2)}" height="${ROW - 1}" fill="${colour(t, i)}"/>${text}</g>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" font-family="sans-serif" font-size="11"><title>${xml(data.title)}</title>${parts.join("")}</svg>`;
  }
  function stacks(k) { // [names root first, own value], OTHERS kept by that name
    const t = whole, out = [];
    for (let i = 1; i < t.n; i++) {
      if (Math.round(t.own[k][i]) === 0) continue;
      const names = [];
      for (let j = i; j > 0; j = t.parent[j]) names.unshift(t.merged.get(j) ? "others" : data.names[t.name[j]]);
      out.push([names, Math.round(t.own[k][i])]);
    }
    return out;
  }
  const arm = () => data.arms.length - 1;
  const folded = () => stacks(arm()).map(([s, v]) => s.map((x) => x.replace(/[;\r\n]/g, ":")).join(";") + " " + v).join("\n") + "\n";
  function speedscope() {
    const list = stacks(arm()), number = new Map(), frames = [];
    const samples = list.map(([s]) => s.map((x) => { if (!number.has(x)) { number.set(x, frames.length); frames.push({ name: x }); } return number.get(x); }));
    const weights = list.map((s) => s[1]), unit = ["nanoseconds", "bytes"].includes(data.unit) ? data.unit : "none";
    return JSON.stringify({ $schema: "https://www.speedscope.app/file-format-schema.json", shared: { frames }, exporter: "schedlab",
      profiles: [{ type: "sampled", name: data.arms[arm()] || data.title, unit, startValue: 0, endValue: weights.reduce((a, b) => a + b, 0), samples, weights }] });
  }
  function save(content, name, type) {
    const a = document.createElement("a"), blob = content instanceof Blob ? content : new Blob([content], { type });
    a.href = URL.createObjectURL(blob); a.download = name; a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  }
  const exports = {
    svg: () => save(svg(), "flame.svg", "image/svg+xml"),
    png: () => { draw(); canvas.toBlob((b) => save(b, "flame.png")); },
    folded: () => save(folded(), "stacks.folded", "text/plain"),
    speedscope: () => save(speedscope(), "flame.speedscope.json", "application/json"),
    copy: () => {
      const text = say(state.tree, state.selected).join("\n"), area = document.createElement("textarea");
      area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    },
  };
  $("export").addEventListener("change", (e) => { const f = exports[e.target.value]; e.target.value = ""; if (f) f(); });
  window.addEventListener("resize", redraw);
  window.schedlabFlame = { state, whole, names: data.names, effect, colour, draw, zoom, search, matched, sandwich, leave, svg, folded, speedscope, say, boxes: () => boxes };
  after();
})();
