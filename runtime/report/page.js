/* Looks closer at the curves: values under the pointer, zoom, and curves that are hidden. */
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("curves").textContent);
  const [width, height, left, right, top, bottom] = data.box;
  const space = "http://www.w3.org/2000/svg";
  document.querySelectorAll(".script").forEach(e => { e.style.display = "block"; });

  function make(name, attributes, text) {
    const e = document.createElementNS(space, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    if (text !== undefined) e.textContent = text;
    return e;
  }
  function step(range, wanted) {
    const rough = range / wanted, power = Math.pow(10, Math.floor(Math.log10(rough))), share = rough / power;
    return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
  }
  function short(value, digits) {
    return value === null ? "not finite" : String(Number(value.toPrecision(digits)));
  }

  document.querySelectorAll(".chart").forEach(figure => {
    const chart = data.charts[Number(figure.dataset.chart)], svg = figure.querySelector("svg");
    const paths = Array.from(svg.querySelectorAll("path.curve")), shown = chart.curves.map(() => true);
    let low = chart.low.slice(), high = chart.high.slice(), from = null;
    const cursor = make("path", { class: "cursor", visibility: "hidden" });
    const zoom = make("rect", { class: "zoom", y: top, height: height - top - bottom, visibility: "hidden" });
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    svg.append(zoom, cursor);
    figure.append(tip);

    const atX = x => left + (x - low[0]) / (high[0] - low[0]) * (width - left - right);
    const atY = y => height - bottom - (y - low[1]) / (high[1] - low[1]) * (height - top - bottom);
    const toX = at => low[0] + (at - left) / (width - left - right) * (high[0] - low[0]);

    function draw() {
      const axes = svg.querySelector(".axes"), dx = step(high[0] - low[0], 5), dy = step(high[1] - low[1], 5);
      axes.replaceChildren();
      for (let y = Math.ceil(low[1] / dy) * dy; y <= high[1]; y += dy) {
        axes.append(make("path", { class: "grid", d: `M${left} ${atY(y)}H${width - right}` }),
          make("text", { x: left - 5, y: atY(y) + 3.5, "text-anchor": "end" }, short(Math.abs(y) < dy / 1e6 ? 0 : y, 6)));
      }
      for (let x = Math.ceil(low[0] / dx) * dx; x <= high[0]; x += dx) {
        axes.append(make("path", { class: "grid", d: `M${atX(x)} ${top}V${height - bottom}` }),
          make("text", { x: atX(x), y: height - bottom + 14, "text-anchor": "middle" }, short(x, 6)));
      }
      axes.append(make("text", { x: width - right, y: height - 3, "text-anchor": "end" }, "step"));
      chart.curves.forEach((curve, i) => {
        let d = "", open = false;
        curve.points.forEach(([x, y], k) => {
          if (y === null || x < low[0] || x > high[0]) { open = false; return; }
          const next = curve.points[k + 1];
          const alone = !open && (!next || next[1] === null || next[0] > high[0]);
          const px = atX(x), py = atY(y).toFixed(1);
          if (alone) d += `M${(px - 2).toFixed(1)} ${py}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`;
          else d += `${open ? "L" : "M"}${px.toFixed(1)} ${py}`;
          open = true;
        });
        paths[i].setAttribute("d", d);
        paths[i].style.display = shown[i] ? "" : "none";
      });
    }
    function fit() {
      let least = Infinity, most = -Infinity;
      chart.curves.forEach((curve, i) => shown[i] && curve.points.forEach(([x, y]) => {
        if (y !== null && x >= low[0] && x <= high[0]) { least = Math.min(least, y); most = Math.max(most, y); }
      }));
      if (least > most) return;
      const room = most > least ? 0.04 * (most - least) : least !== 0 ? Math.abs(least) * 0.1 : 0.5;
      low[1] = least - room;
      high[1] = most + room;
    }
    function place(event) {
      const box = svg.getBoundingClientRect();
      return Math.min(Math.max((event.clientX - box.left) / box.width * width, left), width - right);
    }
    function show(event) {
      const at = place(event), x = toX(at), lines = [];
      let nearest = null;
      chart.curves.forEach((curve, i) => {
        if (!shown[i]) return;
        let best = null;
        curve.points.forEach(p => { if (!best || Math.abs(p[0] - x) < Math.abs(best[0] - x)) best = p; });
        if (best) {
          lines.push(`${curve.name ? curve.name + ": " : ""}${curve.kind}, step ${best[0]}: ${short(best[1], 5)}`);
          if (nearest === null || Math.abs(best[0] - x) < Math.abs(nearest - x)) nearest = best[0];
        }
      });
      if (nearest === null) return;
      const line = Math.min(Math.max(atX(nearest), left), width - right);
      cursor.setAttribute("d", `M${line} ${top}V${height - bottom}`);
      cursor.setAttribute("visibility", "visible");
      tip.replaceChildren(...lines.map(text => {
        const div = document.createElement("div");
        div.textContent = text;
        return div;
      }));
      tip.hidden = false;
      const box = svg.getBoundingClientRect(), outer = figure.getBoundingClientRect();
      const wanted = box.left - outer.left + line / width * box.width + 10;
      tip.style.left = Math.max(0, Math.min(wanted, outer.width - tip.offsetWidth - 4)) + "px";
      tip.style.top = box.top - outer.top + 14 + "px";
      if (from !== null) {
        zoom.setAttribute("x", Math.min(from, at));
        zoom.setAttribute("width", Math.abs(at - from));
        zoom.setAttribute("visibility", "visible");
      }
    }
    svg.addEventListener("pointermove", show);
    svg.addEventListener("pointerleave", () => {
      tip.hidden = true;
      cursor.setAttribute("visibility", "hidden");
    });
    svg.addEventListener("pointerdown", event => {
      from = place(event);
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener("pointerup", event => {
      const at = place(event), begin = from;
      from = null;
      zoom.setAttribute("visibility", "hidden");
      if (begin === null || Math.abs(at - begin) < 8) return;
      const ends = [toX(Math.min(begin, at)), toX(Math.max(begin, at))];
      low[0] = ends[0];
      high[0] = ends[1];
      fit();
      draw();
    });
    svg.addEventListener("pointercancel", () => { from = null; });
    svg.addEventListener("dblclick", () => {
      low = chart.low.slice();
      high = chart.high.slice();
      draw();
    });
    figure.querySelectorAll(".legend li").forEach(item => {
      const toggle = () => {
        const i = Number(item.dataset.curve);
        shown[i] = !shown[i];
        item.setAttribute("aria-pressed", shown[i]);
        draw();
      };
      item.setAttribute("role", "button");
      item.setAttribute("tabindex", "0");
      item.setAttribute("aria-pressed", "true");
      item.addEventListener("click", toggle);
      item.addEventListener("keydown", event => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); }
      });
    });
  });
})();
