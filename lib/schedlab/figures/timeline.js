"use strict";
// Procs by time on a canvas. Names come from the trace and are only ever drawn as text.
const data = JSON.parse(document.getElementById("data").textContent);
const canvas = document.getElementById("lanes"), pen = canvas.getContext("2d");
const tip = document.getElementById("tip"), LEFT = 64, LANE = 26, GAP = 6, STRIP = 14, QUEUE = 70, AXIS = 22;

function numbers(text, Kind) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Kind(bytes.buffer);
}
const spans = {
  start: numbers(data.spans.start, Float64Array), end: numbers(data.spans.end, Float64Array),
  lane: numbers(data.spans.lane, Int32Array), kind: numbers(data.spans.kind, Int32Array),
  goroutine: numbers(data.spans.goroutine, Float64Array), name: numbers(data.spans.name, Int32Array),
  wait: numbers(data.spans.wait, Float64Array), cause: numbers(data.spans.cause, Int32Array),
};
const queue = { at: numbers(data.queue.at, Float64Array), n: numbers(data.queue.n, Int32Array) };
const n = spans.start.length, lanes = data.lanes.length;
let from = 0, to = data.duration_s, followed = -1, wanted = null, width = 800, colours = {};
const top0 = STRIP + GAP, height = top0 + lanes * (LANE + GAP) + QUEUE + AXIS;

const x = (t) => LEFT + (t - from) / (to - from) * (width - LEFT - 8);
const time = (px) => from + (px - LEFT) / (width - LEFT - 8) * (to - from);
const y = (lane) => top0 + lane * (LANE + GAP);

function show(seconds) {
  const size = Math.abs(seconds);
  if (size >= 1) return Number(seconds.toPrecision(4)) + " s";
  if (size >= 1e-3) return Number((seconds * 1e3).toPrecision(4)) + " ms";
  if (size >= 1e-6) return Number((seconds * 1e6).toPrecision(4)) + " µs";
  return Math.round(seconds * 1e9) + " ns";
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  width = canvas.clientWidth;
  const page = getComputedStyle(document.documentElement);
  for (const name of ["fg", "idle", "quiet", "queue"]) colours[name] = page.getPropertyValue("--" + name);
  canvas.width = width * ratio; canvas.height = height * ratio; canvas.style.height = height + "px";
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "11px system-ui, sans-serif"; pen.textBaseline = "middle";
  for (let k = 0; k < lanes; k++) {
    pen.fillStyle = colours.idle; pen.fillRect(LEFT, y(k), width - LEFT - 8, LANE);
    pen.fillStyle = colours.fg; pen.fillText(data.lanes[k], 4, y(k) + LANE / 2);
  }
  pen.save(); pen.beginPath(); pen.rect(LEFT, 0, width - LEFT - 8, height); pen.clip();
  for (let i = 0; i < n; i++) if (spans.end[i] >= from && spans.start[i] <= to) box(i);
  for (const r of data.ranges) range(r);
  backlog();
  pen.restore();
  pen.fillStyle = colours.fg; pen.fillText("collector", 4, STRIP / 2);
  axis();
}

function box(i) {
  const left = x(spans.start[i]), wide = Math.max(x(spans.end[i]) - left, 0.6), up = y(spans.lane[i]);
  const faint = (followed >= 0 && spans.goroutine[i] !== followed) || (wanted && !wanted[spans.name[i]]);
  pen.globalAlpha = faint ? 0.12 : 1;
  pen.fillStyle = data.colours[spans.kind[i]];
  pen.fillRect(left, up, wide, LANE);
  if (wide > 40 && !faint) {
    pen.fillStyle = data.ink[spans.kind[i]];
    const text = data.names[spans.name[i]].replace(/^.*\//, "");
    pen.fillText(text.slice(0, Math.floor((wide - 6) / 6)), Math.max(left, LEFT) + 3, up + LANE / 2);
  }
  pen.globalAlpha = 1;
}

function range(r) {
  const left = x(r.start), wide = Math.max(x(r.end) - left, 1);
  pen.fillStyle = r.colour;
  if (r.lane < 0) pen.fillRect(left, 0, wide, STRIP - 2);
  if (r.all) { pen.globalAlpha = 0.35; pen.fillRect(left, 0, wide, y(lanes)); pen.globalAlpha = 1; }
  if (r.lane >= 0) pen.fillRect(left, y(r.lane) + LANE - 5, wide, 5);
}

function backlog() {
  const bottom = y(lanes) + QUEUE, scale = (QUEUE - 10) / Math.max(data.queue.most, 1);
  pen.fillStyle = colours.queue; pen.beginPath(); pen.moveTo(LEFT, bottom);
  let last = 0;
  for (let i = 0; i < queue.at.length; i++) {
    if (queue.at[i] > to) break;
    const at = Math.max(x(queue.at[i]), LEFT);
    pen.lineTo(at, bottom - last * scale); pen.lineTo(at, bottom - queue.n[i] * scale); last = queue.n[i];
  }
  pen.lineTo(width, bottom - last * scale); pen.lineTo(width, bottom); pen.closePath(); pen.fill();
}

function axis() {
  const bottom = y(lanes) + QUEUE, span = to - from;
  pen.fillStyle = colours.fg; pen.strokeStyle = colours.quiet;
  pen.fillText("runnable", 4, bottom - QUEUE / 2); pen.fillText("≤ " + data.queue.most, 4, bottom - QUEUE / 2 + 13);
  const rough = span / Math.min(8, (width - LEFT) / 70), power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = power * [1, 2, 5, 10].find((f) => f * power >= rough);
  pen.textAlign = "center";
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    pen.beginPath(); pen.moveTo(x(t), bottom); pen.lineTo(x(t), bottom + 4); pen.stroke();
    if (x(t) < width - 20) pen.fillText(Math.abs(t) < step / 2 ? "0" : show(t), x(t), bottom + 13);
  }
  pen.textAlign = "left";
}

function view(a, b) {
  const whole = data.duration_s, span = Math.min(Math.max(b - a, 2e-7), whole);
  from = Math.min(Math.max(a, 0), whole - span); to = from + span;
  draw();
}
function zoom(factor, at) { view(at - (at - from) * factor, at + (to - at) * factor); }
function reset() { followed = -1; wanted = null; document.getElementById("search").value = ""; view(0, data.duration_s); }

function hit(px, py) {
  const lane = Math.floor((py - top0) / (LANE + GAP)), t = time(px), near = (to - from) / width;
  if (lane < 0 || lane >= lanes) return -1;
  for (let i = 0; i < n; i++)
    if (spans.lane[i] === lane && spans.start[i] - near <= t && t <= spans.end[i] + near) return i;
  return -1;
}

function say(i) {
  const cause = data.causes[spans.cause[i]];
  const wait = spans.wait[i] >= 0 ? `\nrunnable for ${show(spans.wait[i])} before${cause ? ", after " + cause : ""}` : "";
  return `${data.kinds[spans.kind[i]]}: goroutine ${spans.goroutine[i]}, ${data.names[spans.name[i]]}\n` +
    `${show(spans.end[i] - spans.start[i])} from ${show(spans.start[i])} on ${data.lanes[spans.lane[i]]}${wait}`;
}

function tell(i, e) {
  tip.hidden = i < 0;
  if (i < 0) return;
  tip.textContent = say(i);
  tip.style.left = Math.max(4, Math.min(e.clientX + 12, innerWidth - tip.offsetWidth - 4)) + "px";
  tip.style.top = e.clientY + 14 + "px";
}

// One pointer moves what is shown or, where it does not move, follows a goroutine; two pinch.
const down = new Map();
let drag = null;
function grip() {
  const at = [...down.values()], low = Math.min(...at), high = Math.max(...at);
  drag = at.length ? { low, high, from, to, moved: drag !== null && (drag.moved || at.length > 1) } : null;
}
canvas.addEventListener("wheel", (e) => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : 0.8, time(e.offsetX)); }, { passive: false });
canvas.addEventListener("pointerdown", (e) => { down.set(e.pointerId, e.offsetX); canvas.setPointerCapture(e.pointerId); grip(); });
canvas.addEventListener("pointermove", (e) => {
  if (!down.has(e.pointerId)) return tell(hit(e.offsetX, e.offsetY), e);
  down.set(e.pointerId, e.offsetX);
  const at = [...down.values()], low = Math.min(...at), high = Math.max(...at);
  drag.moved = drag.moved || Math.abs(low - drag.low) > 3;
  if (!drag.moved) return;
  const room = width - LEFT - 8, span = (drag.to - drag.from) * (at.length > 1 ? (drag.high - drag.low) / Math.max(high - low, 1) : 1);
  const held = drag.from + (drag.low - LEFT) / room * (drag.to - drag.from), begin = held - (low - LEFT) / room * span;
  view(begin, begin + span);
});
canvas.addEventListener("pointerup", (e) => {
  const i = drag && !drag.moved ? hit(e.offsetX, e.offsetY) : -2;
  release(e);
  if (i < -1) return;
  followed = i < 0 || spans.goroutine[i] === followed ? -1 : spans.goroutine[i];
  tell(i, e); draw();
});
function release(e) { down.delete(e.pointerId); grip(); }
canvas.addEventListener("pointercancel", release);
canvas.addEventListener("pointerleave", (e) => { if (e.pointerType === "mouse") tip.hidden = true; });
canvas.addEventListener("keydown", (e) => {
  const by = (to - from) / 5, keys = {
    ArrowLeft: () => view(from - by, to - by), ArrowRight: () => view(from + by, to + by),
    "+": () => zoom(0.7, (from + to) / 2), "-": () => zoom(1.4, (from + to) / 2), Escape: reset,
  };
  if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
});
document.getElementById("in").onclick = () => zoom(0.5, (from + to) / 2);
document.getElementById("out").onclick = () => zoom(2, (from + to) / 2);
document.getElementById("reset").onclick = reset;
document.getElementById("search").oninput = (e) => {
  try { const rule = e.target.value && new RegExp(e.target.value); wanted = rule ? data.names.map((name) => rule.test(name)) : null; }
  catch (error) { if (!(error instanceof SyntaxError)) throw error; wanted = null; }
  draw();
};
document.getElementById("title").textContent = data.title;
document.getElementById("note").textContent = data.note;
for (const [text, colour] of data.legend) {
  const entry = document.createElement("span"), mark = document.createElement("i");
  mark.style.background = colour; entry.append(mark, text); document.getElementById("legend").append(entry);
}
window.addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
window.schedlabTimeline = { data, spans, view, say, hit, shown: () => [from, to], followed: () => followed };
draw();
