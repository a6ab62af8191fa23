// Starts the page's WASM, and says in plain HTML what is wrong when that can't be done.

import { frames } from "./frames.js";

const byId = (id) => document.getElementById(id);
const message = byId("message");

function show(title, text, error) {
  message.setAttribute("role", "alert");
  byId("message-title").textContent = title;
  byId("message-text").textContent = text;
  const detail = byId("message-detail");
  // WebKit leaves the message out of the stack.
  detail.textContent = error === undefined ? "" : [String(error), error?.stack].filter(Boolean).join("\n");
  detail.hidden = error === undefined;
  const reload = byId("message-reload");
  reload.hidden = false;
  reload.onclick = () => location.reload();
  message.hidden = false;
}

// The same page is in the desktop window and in a browser; what helps is not the same.
const isWindow = "__TAURI__" in window;
const WINDOW_HELP = "Install or update the graphics driver (on Debian, libgl1-mesa-dri does it in software), then open Touchstone again.";
const BROWSER_HELP = "Switch on graphics acceleration in the browser's settings, or open the page in another browser (Firefox, Chrome, Edge or Safari, up to date), then reload.";

// Asked of the canvas that is drawn on, which keeps what it is given: a context takes its time to make.
const hasWebGl = () => Boolean(byId("touchstone").getContext("webgl2"));

// All of it is read before it is compiled: making the context holds up the reading, but not the compiling, which goes on
// beside it. (WebKitGTK takes bytes only, from the window's own address.)
async function read(file) {
  const response = await fetch(file);
  if (!response.ok) {
    throw new Error(`${file}: ${response.status} ${response.statusText}`);
  }
  return response.arrayBuffer();
}

async function boot() {
  if (typeof WebAssembly !== "object") {
    show("WebAssembly is missing", "Touchstone needs WebAssembly. Switch it on or update the web view or the browser, then reload.");
    return;
  }
  try {
    const script = import("./touchstone_ui.js");
    const code = WebAssembly.compile(await read("./touchstone_ui_bg.wasm"));
    // What fails is told once, where it is waited for.
    [script, code].forEach((work) => work.catch(() => {}));
    if (!hasWebGl()) {
      show("WebGL 2 is missing", "Touchstone draws with WebGL 2. " + (isWindow ? WINDOW_HELP : BROWSER_HELP) + " Everything can also be done in a terminal: see touchstone --help.");
      return;
    }
    const [{ default: init, start, hover, drop_files, leave }, module] = await Promise.all([script, code]);
    await init({ module_or_path: module });
    await start("touchstone", frames());
    if (isWindow) {
      // The window knows what the page is not told: files by their paths.
      window.touchstone = Object.freeze({ hover, drop_files, leave });
    }
    message.hidden = true;
  } catch (error) {
    show("Touchstone could not start", "Reload. If it happens again, report it with the text below.", error);
  }
}

// A panic after the start leaves a dead canvas; what the steward published is safe with the back end.
function stopped(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    show("Touchstone stopped", "Something went wrong in the page. Nothing that was saved or published is lost. Reload to go on.", error);
  }
}
window.addEventListener("error", (event) => stopped(event.error));
window.addEventListener("unhandledrejection", (event) => stopped(event.reason));

boot();
