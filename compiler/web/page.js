"use strict";
// The page of a model: `model` tells of it, and `program` and `weights` are base64.
const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const at = id => document.getElementById(id);
const inputs = model.input.reduce((a, b) => a * b, 1), outputs = model.output.reduce((a, b) => a * b, 1);
const [channels, height, width] = model.input.length === 3 ? model.input : [0, 0, 0];
let wasm, memory, places, drawn = false;

// Everything lies behind what the program has itself, each at a multiple of 64.
function begin() {
  wasm = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(program)), {}).exports;
  memory = wasm.memory;
  const file = bytesOf(weights), sizes = { weights: file.length, x: 4 * inputs, y: 4 * outputs, pixels: inputs,
    arena: model.arena };
  let end = wasm.__heap_base.value;
  places = {};
  for (const [name, size] of Object.entries(sizes)) {
    places[name] = Math.ceil(end / 64) * 64;
    end = places[name] + size;
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  new Uint8Array(memory.buffer, places.weights, file.length).set(file);
}

function run() {
  const result = wasm.model_predict(places.x, places.y, places.arena, places.weights);
  if (result === 3) throw new Error("a number is none that the model knows: 0 to " + (model.tokens - 1));
  if (result !== 0) throw new Error("the model refuses its input: " + result);
  return Array.from(new Float32Array(memory.buffer, places.y, outputs));
}

function predict(numbers) {
  if (numbers.length !== inputs) throw new Error(`the model takes ${inputs} numbers, and there are ${numbers.length}`);
  const Numbers = model.tokens ? Int32Array : Float32Array;
  new Numbers(memory.buffer, places.x, inputs).set(numbers);
  return run();
}

// The outputs as probabilities of classes, where the loss of training takes them for such.
function probabilities(y) {
  if (model.gives === "logit") {
    const largest = Math.max(...y), powers = y.map(v => Math.exp(v - largest)), sum = powers.reduce((a, b) => a + b, 0);
    return powers.map(v => v / sum);
  }
  return model.gives === "log probability" ? y.map(Math.exp) : y;
}

const nameOf = c => model.classes ? model.classes[c] : String(c);

function cell(row, kind, className, text) {
  const made = row.appendChild(document.createElement(kind));
  made.className = className;
  made.textContent = text;
  return made;
}

// A class for each place: a picture of the colours of the largest.
function showPlaces(y) {
  const count = model.output[0], places = outputs / count, rows = model.output[1], columns = places / rows;
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.width = columns; canvas.height = rows; canvas.style.setProperty("--ratio", columns / rows);
  const seen = new Map();
  for (let p = 0; p < places; p++) {
    let best = 0;
    for (let c = 1; c < count; c++) if (y[c * places + p] > y[best * places + p]) best = c;
    seen.set(best, (seen.get(best) || 0) + 1);
    pen.fillStyle = `hsl(${best * 137 % 360} 70% ${best === 0 ? 15 : 55}%)`;
    pen.fillRect(p % columns, Math.floor(p / columns), 1, 1);
  }
  at("answer").replaceChildren(canvas);
  const table = at("answer").appendChild(document.createElement("table"));
  for (const [c, number] of [...seen].sort((a, b) => b[1] - a[1])) {
    const row = table.insertRow();
    cell(row, "th", "", nameOf(c)).style.borderLeft = `1em solid hsl(${c * 137 % 360} 70% ${c === 0 ? 15 : 55}%)`;
    cell(row, "td", "n", (100 * number / places).toFixed(1) + " %");
  }
}

function show(y) {
  document.body.dataset.outputs = JSON.stringify(y);
  if (model.output.length > 1 && model.isClasses) return showPlaces(y);
  const numbers = model.isClasses ? probabilities(y) : y;
  const order = numbers.map((v, i) => i);
  if (model.isClasses) order.sort((a, b) => numbers[b] - numbers[a]);
  const table = document.createElement("table");
  for (const i of order.slice(0, model.isClasses ? 5 : 100)) {
    const row = table.insertRow();
    cell(row, "th", "", model.isClasses ? nameOf(i) : "output " + i);
    cell(row, "td", "n", model.isClasses ? (100 * numbers[i]).toFixed(1) + " %" : String(Number(numbers[i].toPrecision(6))));
    if (model.isClasses) cell(row, "td", "b", "").appendChild(document.createElement("span")).className = "bar";
    if (model.isClasses) row.querySelector(".bar").style.width = 100 * Math.max(0, Math.min(1, numbers[i])) + "%";
  }
  at("answer").replaceChildren(table);
}

function attempt(work) {
  at("said").textContent = "";
  try {
    const begun = performance.now(), y = work();
    at("said").textContent = `${(performance.now() - begun).toFixed(1)} ms, in this browser`;
    show(y);
  } catch (error) {
    at("said").textContent = error.message;
    at("answer").replaceChildren();
  }
}

// ---- Pictures ----

// What the canvas shows, as the bytes of the data's pictures.
function look() {
  const { data } = at("picture").getContext("2d").getImageData(0, 0, width, height);
  const pixels = new Uint8Array(memory.buffer, places.pixels, inputs);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = data.slice(4 * i, 4 * i + 3);
    if (channels === 1) pixels[i] = (r * 19595 + g * 38470 + b * 7471 + 32768) >> 16;
    else pixels.set([r, g, b], 3 * i);
  }
  wasm.model_prepare(places.pixels, places.x);
  return run();
}

// The middle of a picture, as much of it as the model's shape has, in its size.
function place(picture) {
  const pen = at("picture").getContext("2d");
  const scale = Math.max(width / picture.width, height / picture.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (width - picture.width * scale) / 2, (height - picture.height * scale) / 2,
    picture.width * scale, picture.height * scale);
  attempt(look);
}

async function take(file) {
  try {
    place(await createImageBitmap(file));
  } catch (error) {
    at("said").textContent = "that is no picture that this browser reads";
  }
}

function clear() {
  const pen = at("picture").getContext("2d");
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, width, height);
  at("answer").replaceChildren();
  at("said").textContent = "";
}

function draw(event) {
  if (!drawn) return;
  const canvas = at("picture"), box = canvas.getBoundingClientRect(), pen = canvas.getContext("2d");
  const x = (event.clientX - box.left) * width / box.width, y = (event.clientY - box.top) * height / box.height;
  pen.strokeStyle = "#fff"; pen.lineCap = "round"; pen.lineWidth = Math.max(1, width / 14);
  pen.beginPath(); pen.moveTo(...(drawn === true ? [x, y] : drawn)); pen.lineTo(x, y); pen.stroke();
  drawn = [x, y];
}

function pictures() {
  const canvas = at("picture");
  canvas.width = width; canvas.height = height; canvas.style.setProperty("--ratio", width / height);
  at("pictures").hidden = false;
  clear();
  at("clear").onclick = clear;
  at("file").onchange = event => event.target.files[0] && take(event.target.files[0]);
  document.ondragover = event => { event.preventDefault(); canvas.classList.add("over"); };
  document.ondragleave = () => canvas.classList.remove("over");
  document.ondrop = event => {
    event.preventDefault();
    canvas.classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  };
  canvas.onpointerdown = event => { drawn = true; canvas.setPointerCapture(event.pointerId); draw(event); };
  canvas.onpointermove = draw;
  canvas.onpointerup = () => { if (drawn) attempt(look); drawn = false; };
}

// ---- Numbers ----

const typed = () => at("typed").value.split(/[\s,;]+/).filter(word => word !== "").map(word => {
  const number = Number(word);
  if (!Number.isFinite(number) || (model.tokens && !Number.isInteger(number))) throw new Error(`"${word}" is no number`);
  return number;
});

function start() {
  try {
    begin();
  } catch (error) {
    at("said").textContent = "this browser cannot run the model: " + error.message;
    return;
  }
  if (model.prepares && channels > 0 && channels !== 2 && channels < 4) pictures();
  else {
    at("numbers").hidden = false;
    at("go").onclick = () => attempt(() => predict(typed()));
  }
  // A link may have a sample in it, #x= and base64 of its numbers, as the model takes them.
  const given = /^#x=(.*)$/.exec(location.hash);
  if (given) {
    const bytes = bytesOf(decodeURIComponent(given[1])).buffer;
    attempt(() => predict(model.tokens ? new Int32Array(bytes) : new Float32Array(bytes)));
  }
}
start();
