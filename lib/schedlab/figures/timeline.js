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
let from = 0, to = data.duration_s, followed = -1, wanted = null, width = 800;
const top0 = STRIP + GAP, height = top0 + lanes * (LANE + GAP) + QUEUE + AXIS;

const x = (t) => LEFT + (t - from) / (to - from) * (width - LEFT - 8);
const time = (px) => from + (px - LEFT) / (width - LEFT - 8) * (to - from);
const y = (lane) => top0 + lane * (LANE + GAP);

function show(seconds) {
  const size = Math.abs(seconds);
  if (size >= 1) return seconds.toPrecision(4) + " s";
  if (size >= 1e-3) return (seconds * 1e3).toPrecision(4) + " ms";
  if (size >= 1e-6) return (seconds * 1e6).toPrecision(4) + " µs";
  return Math.round(seconds * 1e9) + " ns";
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  width = canvas.clientWidth;
  canvas.width = width * ratio; canvas.height = height * ratio; canvas.style.height = height + "px";
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "11px system-ui, sans-serif"; pen.textBaseline = "middle";
  for (let k = 0; k < lanes; k++) {
    pen.fillStyle = "#f3f3f3"; pen.fillRect(LEFT, y(k), width - LEFT - 8, LANE);
    pen.fillStyle = "#222"; pen.fillText(data.lanes[k], 4, y(k) + LANE / 2);
  }
  pen.save(); pen.beginPath(); pen.rect(LEFT, 0, width - LEFT - 8, height); pen.clip();
  for (let i = 0; i < n; i++) if (spans.end[i] >= from && spans.start[i] <= to) box(i);
  for (const r of data.ranges) range(r);
  backlog();
  pen.restore();
  pen.fillStyle = "#222"; pen.fillText("collector", 4, STRIP / 2);
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
  pen.fillStyle = "#888"; pen.beginPath(); pen.moveTo(LEFT, bottom);
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
  pen.fillStyle = "#222"; pen.strokeStyle = "#999";
  pen.fillText("runnable", 4, bottom - QUEUE / 2); pen.fillText("≤ " + data.queue.most, 4, bottom - QUEUE / 2 + 13);
  const rough = span / 8, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = power * [1, 2, 5, 10].find((f) => f * power >= rough);
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    pen.beginPath(); pen.moveTo(x(t), bottom); pen.lineTo(x(t), bottom + 4); pen.stroke();
    if (x(t) < width - 40) pen.fillText(Math.abs(t) < step / 2 ? "0" : show(t), x(t) - 14, bottom + 13);
  }
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

let drag = null;
canvas.addEventListener("wheel", (e) => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : 0.8, time(e.offsetX)); }, { passive: false });
canvas.addEventListener("pointerdown", (e) => { drag = { x: e.offsetX, from, to, moved: false }; canvas.setPointerCapture(e.pointerId); });
canvas.addEventListener("pointermove", (e) => {
  if (drag) {
    const by = (e.offsetX - drag.x) / (width - LEFT - 8) * (drag.to - drag.from);
    drag.moved = drag.moved || Math.abs(e.offsetX - drag.x) > 3;
    if (drag.moved) view(drag.from - by, drag.to - by);
    return;
  }
  const i = hit(e.offsetX, e.offsetY);
  tip.hidden = i < 0;
  if (i >= 0) { tip.textContent = say(i); tip.style.left = Math.min(e.clientX + 12, innerWidth - 330) + "px"; tip.style.top = e.clientY + 14 + "px"; }
});
canvas.addEventListener("pointerup", (e) => {
  const i = drag && !drag.moved ? hit(e.offsetX, e.offsetY) : -2;
  drag = null;
  if (i > -2) { followed = i < 0 || spans.goroutine[i] === followed ? -1 : spans.goroutine[i]; draw(); }
});
canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
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
window.schedlabTimeline = { data, spans, view, say, hit, shown: () => [from, to], followed: () => followed };
draw();
