// Progressive enhancement only: every page works without it. No library, no inline script, no request beyond this server.
"use strict";

// "/" goes to the search field.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("find");
  if (event.key === "/" && field && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    event.preventDefault();
    field.focus();
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

// Files dropped on a field go into it.
for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector("input[type=file]");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// "What if": each change is weighed at once, and the address follows.
const form = document.getElementById("what-if");
if (form) {
  let last = 0;
  form.addEventListener("change", async () => {
    const mine = ++last;
    const result = document.getElementById("result");
    result.classList.add("busy");
    const answer = await fetch(form.action + "?" + new URLSearchParams(new FormData(form)), { credentials: "same-origin" });
    const text = await answer.text();
    if (mine !== last) return; // a later change overtook this one
    const page = new DOMParser().parseFromString(text, "text/html");
    result.replaceWith(page.getElementById("result"));
    history.replaceState(null, "", answer.url);
  });
}
