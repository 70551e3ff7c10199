// Progressive enhancement only: every page works without it. No library, no inline script, no request beyond this server.
import "./live.js";
import "./pictures.js";

// Keys: "/" to the search field, j and k along the rows of a list, 1 to 9 to the tabs, and what a row or the page offers by
// `data-key`: c confirms, r rejects, e corrects, n goes on.
const ROWS = "article.claim h2 a, .hits-table tbody th a, .hits a, .measures h3, table tbody th[scope=row] > a, .record h3 a:last-of-type";
const ROW = "article.claim, section.record, tbody tr, .measures > li";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const field = document.getElementById("find");
  if (event.key === "/" && field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const here = document.activeElement.closest(ROW) || document.querySelector(":target");
    const at = rows.findIndex((row) => row === document.activeElement || (here && here.contains(row)));
    const next = rows[Math.min(rows.length - 1, Math.max(0, event.key === "j" ? at + 1 : at - 1))];
    if (!next.hasAttribute("href")) next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "center" });
  } else if (/^[1-9]$/.test(event.key)) {
    const tab = document.querySelectorAll(".tabs a")[Number(event.key) - 1];
    if (tab) tab.click();
  } else if (/^[a-z]$/.test(event.key)) {
    const row = document.activeElement.closest(ROW) || document.querySelector(`:target:is(${ROW})`);
    const offers = [...(row || document).querySelectorAll(`[data-key="${event.key}"]`)];
    if (offers.length !== 1 && !row) return; // of a list, the row must be chosen first
    if (!offers.length) return;
    event.preventDefault();
    const wanted = offers[0].dataset.focus && document.querySelector(offers[0].dataset.focus);
    if (wanted) wanted.focus();
    else offers[0].click();
  }
});

// Work under way: its progress as server-sent events, then on to the case.
const job = document.getElementById("job");
if (job && job.dataset.events && window.EventSource) {
  const stream = new EventSource(job.dataset.events);
  stream.onmessage = (event) => {
    const now = JSON.parse(event.data);
    document.getElementById("job-state").textContent = now.state;
    document.getElementById("job-step").textContent = now.step ? ": " + now.step : "";
    const bar = document.getElementById("job-bar");
    if (now.share === null) bar.removeAttribute("value");
    else bar.value = now.share;
    if (now.state === "done") {
      stream.close();
      window.location.assign(job.dataset.case);
    } else if (now.state === "failed" || now.state === "stopped") {
      stream.close();
      window.location.reload();
    }
  };
}

// Files and folders dropped on a field go into it.
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a folder is read in pieces
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    for (const one of some) found.push(...(await filesOf(one)));
  }
  return found;
}
for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector("input[type=file]");
  const told = drop.querySelector("[role=status]");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const data = event.dataTransfer;
    const entries = [...data.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    if (entries.some((entry) => entry.isDirectory)) {
      const all = new DataTransfer();
      for (const entry of entries) for (const file of await filesOf(entry)) all.items.add(file);
      input.files = all.files;
    } else if (data.files.length) input.files = data.files;
    if (told) told.textContent = input.files.length === 1 ? input.files[0].name : input.files.length + " files chosen";
  });
}

// A filter or a sorted column changes the list, not the place on the page.
const PLACE = "place:" + location.pathname;
document.addEventListener("click", (event) => {
  const link = event.target.closest(".facet a, .chips a, a.sort, .rail form button");
  if (link) sessionStorage.setItem(PLACE, JSON.stringify([scrollY, document.querySelector(".rail")?.scrollTop || 0]));
});
const place = sessionStorage.getItem(PLACE);
if (place) {
  sessionStorage.removeItem(PLACE);
  const [page, rail] = JSON.parse(place);
  scrollTo(0, page);
  if (document.querySelector(".rail")) document.querySelector(".rail").scrollTop = rail;
}

// On a narrow screen the tab that one is on is in sight.
const tabs = document.querySelector(".tabs");
const here = tabs?.querySelector("[aria-current]");
if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - 60;

// The script is there: tests and people who wait for it can tell.
document.documentElement.dataset.ready = "";
