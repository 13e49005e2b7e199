"use strict";
// Latencies of many runs: survival curves above, a quantile of every run and arm below. Names are only drawn as text.
const data = JSON.parse(document.getElementById("data").textContent);
const get = (id) => document.getElementById(id), LEFT = 96, RIGHT = 12, TALL = 250, ROW = 15;
const chosen = { load: 0, q: data.quantiles.indexOf(0.99), run: "", off: new Set() };
let width = 800;

function show(seconds) {
  if (seconds === null) return "unknown";
  const [size, unit] = seconds >= 1 ? [1, "s"] : seconds >= 1e-3 ? [1e-3, "ms"] : [1e-6, "µs"];
  return Number((seconds / size).toPrecision(3)) + " " + unit;
}
const percent = (share) => Number((100 * share).toPrecision(3)) + " %";
const name = (q) => "p" + Number((100 * q).toPrecision(4));
const arms = () => data.loads[chosen.load].arms.filter((arm) => !chosen.off.has(arm.name));
const bounds = ([value, lo, hi]) => `${show(value)} [${show(lo)}, ${show(hi)}]`;

function add(parent, kind, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function frame(id, height, range) {
  const svg = get(id);
  svg.replaceChildren(); svg.setAttribute("height", height); svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const [low, high] = range.map(Math.log), x = (s) => LEFT + (Math.log(s) - low) / (high - low) * (width - LEFT - RIGHT);
  let last = -99;
  for (let power = Math.floor(low / Math.LN10); power <= high / Math.LN10; power++)
    for (const step of [1, 2, 5]) {
      const at = step * Math.pow(10, power), px = x(at);
      if (px < LEFT - 1 || px > width - RIGHT) continue;
      add(svg, "line", { class: "grid", x1: px, x2: px, y1: 4, y2: height - 18 });
      if (px - last > 56) { add(svg, "text", { x: px, y: height - 5, "text-anchor": "middle" }, show(at)); last = px; }
    }
  return [svg, x];
}

function range(values) {
  const seen = values.filter((v) => v > 0);
  return seen.length ? [Math.min(...seen) * 0.9, Math.max(...seen) * 1.1] : [1e-3, 1];
}

function drawCurves() {
  const runs = arms().flatMap((arm) => arm.runs), deepest = Math.max(...runs.map((run) => run.at.length), 1);
  const least = Math.min(data.levels[deepest - 1], 0.1);
  const [svg, x] = frame("curves", TALL, range(runs.flatMap((run) => run.at)));
  const y = (share) => 8 + Math.log(share) / Math.log(least) * (TALL - 30);
  for (let share = 1; share >= least * 0.8; share /= 10) {
    add(svg, "line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share) });
    add(svg, "text", { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }, percent(share));
  }
  const at = y(1 - data.quantiles[chosen.q]);
  add(svg, "line", { class: "mark", x1: LEFT, x2: width - RIGHT, y1: at, y2: at });
  for (const arm of arms()) for (const run of arm.runs) {
    const points = run.at.map((s, i) => `${x(s).toFixed(1)},${y(data.levels[i]).toFixed(1)}`).join(" ");
    const line = add(svg, "polyline", { class: "run", points, stroke: arm.colour, ...weight(run) });
    add(line, "title", {}, `${arm.name}, ${run.name}: ${run.n} requests`);
  }
}

function weight(run) {
  if (!chosen.run) return { "stroke-width": 1.2, "stroke-opacity": 0.75 };
  return run.name === chosen.run ? { "stroke-width": 3 } : { "stroke-width": 1, "stroke-opacity": 0.25 };
}

function drawDots() {
  const q = chosen.q, all = arms().flatMap((arm) => [...arm.runs.map((run) => run.q[q]), arm.mean[q]]).filter(Boolean);
  const rows = arms().reduce((sum, arm) => sum + arm.runs.length + 1.6, 0);
  const [svg, x] = frame("dots", rows * ROW + 26, range(all.flat()));
  let up = 12;
  for (const arm of arms()) {
    add(svg, "text", { x: LEFT - 6, y: up + 4, "text-anchor": "end" }, arm.name.slice(0, 15));
    if (arm.mean[q]) estimate(svg, x, up, arm.mean[q], arm.colour, `${arm.name}, ${arm.runs.length} runs`, true);
    for (const run of arm.runs) {
      up += ROW;
      if (run.q[q]) estimate(svg, x, up, run.q[q], arm.colour, `${arm.name}, ${run.name}`, false, weight(run)["stroke-opacity"]);
    }
    up += 1.6 * ROW;
  }
}

function estimate(svg, x, y, [value, lo, hi], colour, words, whole, opacity = 1) {
  const group = add(svg, "g", { opacity });
  add(group, "title", {}, `${words}: ${bounds([value, lo, hi])}`);
  if (lo && hi) add(group, "line", { x1: x(lo), x2: x(hi), y1: y, y2: y, stroke: colour, "stroke-width": whole ? 4 : 2 });
  if (whole) add(group, "path", { d: `M${x(value) - 6} ${y}l6 -6l6 6l-6 6z`, fill: colour, stroke: "var(--fg)" });
  else add(group, "circle", { cx: x(value), cy: y, r: 3.5, fill: colour });
}

function say() {
  const q = chosen.q, lines = arms().map((arm) => {
    const run = arm.runs.find((one) => one.name === chosen.run);
    const over = arm.mean[q] ? bounds(arm.mean[q]) + `, n = ${arm.runs.length} runs` : "a run is too short for it";
    const one = run ? `; run ${run.name}: ${run.q[q] ? bounds(run.q[q]) : "too short for it"}, n = ${run.n} requests` : "";
    return `${name(data.quantiles[q])} of ${arm.name}: ${over}${one}`;
  });
  get("said").replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function draw() { width = Math.max(document.body.clientWidth - 12, 260); drawCurves(); drawDots(); say(); }

function options(id, texts, value, change) {
  get(id).replaceChildren(...texts.map(([key, text]) => new Option(text, key, false, key === value)));
  get(id).onchange = (event) => { change(event.target.value); draw(); };
}

function offer() {
  const own = data.loads[chosen.load].arms;
  chosen.run = ""; chosen.off = new Set();
  options("run", [["", "all"], ...own.flatMap((arm) => arm.runs.map((run) => [run.name, run.name]))], "", (v) => { chosen.run = v; });
  get("arms").replaceChildren(get("arms").querySelector("legend"), ...own.map((arm) => {
    const label = document.createElement("label"), box = document.createElement("input"), mark = document.createElement("i");
    box.type = "checkbox"; box.checked = true; mark.style.background = arm.colour;
    box.onchange = () => { box.checked ? chosen.off.delete(arm.name) : chosen.off.add(arm.name); draw(); };
    label.append(box, mark, arm.name);
    return label;
  }));
}

get("title").textContent = data.title;
get("host").textContent = data.host;
if (data.loads.length) {
  options("load", data.loads.map((load, i) => [String(i), load.name]), "0", (v) => { chosen.load = Number(v); offer(); });
  options("quantile", data.quantiles.map((q, i) => [String(i), name(q)]), String(chosen.q), (v) => { chosen.q = Number(v); });
  offer();
  draw();
  window.addEventListener("resize", draw);
}
window.schedlabLatency = { data, chosen };
