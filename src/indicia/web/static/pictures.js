// Pictures that one can move in, filter and choose a stretch of time in. Without it they are pictures whose marks are links.
import { live } from "./live.js";

const STEP = 1.3; // how much one press comes closer
const STILL = 4; // pixels that a hand may tremble in a click

for (const figure of document.querySelectorAll("figure[data-picture=claims]")) explore(figure);
brush();

// The claim graph: closer and further, moved by hand, names found, and the lines of one name brought out.
function explore(figure) {
  const picture = figure.querySelector("svg");
  const [, , wide, high] = picture.getAttribute("viewBox").split(" ").map(Number);
  let view = { x: 0, y: 0, scale: 1 };
  const show = () => {
    view.scale = Math.min(8, Math.max(1, view.scale));
    view.x = Math.min(wide - wide / view.scale, Math.max(0, view.x));
    view.y = Math.min(high - high / view.scale, Math.max(0, view.y));
    picture.setAttribute("viewBox", `${view.x} ${view.y} ${wide / view.scale} ${high / view.scale}`);
    figure.classList.toggle("moves", view.scale > 1);
  };
  const zoom = (by, x = 0.5, y = 0.5) => {
    const before = view.scale;
    view.scale = Math.min(8, Math.max(1, before * by));
    view.x += (wide / before - wide / view.scale) * x;
    view.y += (high / before - high / view.scale) * y;
    show();
  };
  const reset = () => { view = { x: 0, y: 0, scale: 1 }; show(); };

  const tools = document.createElement("div");
  tools.className = "tools";
  const button = (text, label, press) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    tools.append(made);
  };
  button("+", "Closer", () => zoom(STEP));
  button("−", "Further away", () => zoom(1 / STEP));
  button("All of it", "Show all of the picture", reset);
  const label = document.createElement("label");
  label.textContent = "Find a name ";
  const field = document.createElement("input");
  field.type = "search";
  label.append(field);
  const told = document.createElement("span");
  told.className = "quiet";
  told.setAttribute("role", "status");
  tools.append(label, told);
  figure.before(tools);

  const edges = [...picture.querySelectorAll(".edge")];
  const nodes = [...picture.querySelectorAll(".node")];
  const nameOf = (node) => node.dataset.from ?? node.dataset.to;
  const only = (fits) => {
    for (const edge of edges) edge.classList.toggle("dim", !fits(edge));
    const left = edges.filter((edge) => !edge.classList.contains("dim"));
    for (const node of nodes)
      node.classList.toggle("dim", !left.some((edge) => (node.dataset.from !== undefined ? edge.dataset.from === node.dataset.from : edge.dataset.to === node.dataset.to)));
    return left.length;
  };
  const filter = () => {
    const words = field.value.trim().toLowerCase();
    const left = only((edge) => !words || (edge.dataset.from + " " + edge.dataset.to).toLowerCase().includes(words));
    told.textContent = words ? `${left} of ${edges.length} lines` : "";
  };
  field.addEventListener("input", filter);
  for (const node of nodes) {
    const here = () => only((edge) => (node.dataset.from !== undefined ? edge.dataset.from : edge.dataset.to) === nameOf(node));
    node.addEventListener("pointerenter", here);
    node.addEventListener("focus", here);
    node.addEventListener("pointerleave", filter);
    node.addEventListener("blur", filter);
  }

  figure.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // otherwise the page scrolls
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  let held = null;
  let moved = false;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button || view.scale === 1) return;
    held = { x: event.clientX, y: event.clientY, from: { ...view } };
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    const by = wide / view.scale / picture.getBoundingClientRect().width;
    moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL;
    view.x = held.from.x - (event.clientX - held.x) * by;
    view.y = held.from.y - (event.clientY - held.y) * by;
    show();
  });
  addEventListener("pointerup", () => { held = null; });
  picture.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
  picture.addEventListener("dragstart", (event) => event.preventDefault());
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = 60 / view.scale;
    const keys = {
      "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), 0: reset,
      ArrowLeft: () => { view.x -= far; show(); }, ArrowRight: () => { view.x += far; show(); },
      ArrowUp: () => { view.y -= far; show(); }, ArrowDown: () => { view.y += far; show(); },
    };
    const press = keys[event.key];
    if (!press || (event.key.startsWith("Arrow") && view.scale === 1)) return;
    event.preventDefault();
    press();
  });
}

// The timeline: a stretch that is drawn across it is what it then shows; the same from the links, without leaving the place.
function brush() {
  if (!document.querySelector("figure[data-picture=timeline]")) return;
  const DAY = 86400000;
  const iso = (time) => new Date(time).toISOString().slice(0, 10);
  const parts = (figure) => {
    const picture = figure.querySelector("svg");
    const box = picture.getBoundingClientRect();
    const unit = picture.viewBox.baseVal.width / box.width;
    const low = Date.parse(picture.dataset.low);
    const high = Date.parse(picture.dataset.high);
    const [left, right] = [Number(picture.dataset.left), Number(picture.dataset.right)];
    const day = (x) => {
      const share = ((x - box.left) * unit - left) / (right - left);
      return low + Math.min(1, Math.max(0, share)) * (high - low);
    };
    return { picture, box, low, high, day };
  };
  const to = (low, high) => {
    const url = new URL(location.href);
    url.searchParams.set("since", iso(low));
    url.searchParams.set("until", iso(Math.max(low, high)));
    url.searchParams.delete("page");
    return live(url.href, true);
  };
  let drawn = null;
  document.addEventListener("pointerdown", (event) => {
    const figure = event.target.closest("figure[data-picture=timeline]");
    if (!figure || event.button || event.pointerType === "touch" || event.target.closest("a")) return;
    event.preventDefault();
    const mark = document.createElement("div");
    mark.className = "brush";
    figure.append(mark);
    drawn = { figure, from: event.clientX, mark };
  });
  addEventListener("pointermove", (event) => {
    if (!drawn) return;
    const box = drawn.figure.getBoundingClientRect();
    const [low, high] = [Math.min(drawn.from, event.clientX), Math.max(drawn.from, event.clientX)];
    drawn.mark.style.left = `${low - box.left + drawn.figure.scrollLeft}px`;
    drawn.mark.style.width = `${high - low}px`;
  });
  addEventListener("pointerup", (event) => {
    if (!drawn) return;
    const { figure, from, mark } = drawn;
    drawn = null;
    mark.remove();
    if (Math.abs(event.clientX - from) <= 2 * STILL) return;
    const { day } = parts(figure);
    to(day(Math.min(from, event.clientX)), day(Math.max(from, event.clientX)));
  });
  document.addEventListener("wheel", (event) => {
    const figure = event.target.closest("figure[data-picture=timeline]");
    if (!figure || (!event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    const { day, low, high } = parts(figure);
    const at = day(event.clientX);
    const by = event.deltaY < 0 ? 1 / STEP : STEP;
    if ((high - low) * by > 2 * DAY) to(at - (at - low) * by, at + (high - at) * by);
  }, { passive: false });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#moves a, #lanes a, .drawing a.tick");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    live(link.href?.baseVal ?? link.href, true);
  });
  addEventListener("popstate", () => live(location.href));
}
