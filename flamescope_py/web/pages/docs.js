// Puts a button beside every line for curl. Without a secure connection the browser offers no clipboard;
// then the line is selected, and the older way is tried.
"use strict";

for (const line of document.querySelectorAll("pre.curl")) {
  const place = document.createElement("div");
  const button = document.createElement("button");
  place.className = "copying";
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    button.textContent = (await copy(line)) ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  line.replaceWith(place);
  place.append(line, button);
}

async function copy(line) {
  getSelection().selectAllChildren(line);
  try {
    await navigator.clipboard.writeText(line.textContent);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
