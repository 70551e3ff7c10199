// Parts of a page put in anew, from an address of ours, while the rest stays as it is: what bears `data-live` and an id.
let last = 0;

export async function live(address, keeps = false) {
  const mine = ++last;
  for (const old of document.querySelectorAll("[data-live]")) old.classList.add("busy");
  const answer = await fetch(address, { credentials: "same-origin" });
  const text = await answer.text();
  if (mine !== last) return; // a later change overtook this one
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (fresh) old.replaceWith(fresh);
  }
  if (keeps) history.pushState(null, "", answer.url);
  else history.replaceState(null, "", answer.url);
}

// "What if": each change is weighed at once. What shows the result is put in anew, what asks for it stays, and so does the
// focus; the address follows.
const form = document.getElementById("what-if");
if (form) form.addEventListener("change", () => live(form.action + "?" + new URLSearchParams(new FormData(form))));
