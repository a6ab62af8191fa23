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

function hasWebGl() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

// A browser compiles while it reads; WebKitGTK refuses what is read from the window's own address, but takes bytes.
async function code() {
  const response = await fetch("./touchstone_ui_bg.wasm");
  if (!response.ok) {
    throw new Error(`touchstone_ui_bg.wasm: ${response.status} ${response.statusText}`);
  }
  return isWindow ? response.arrayBuffer() : response;
}

async function boot() {
  if (typeof WebAssembly !== "object") {
    show("WebAssembly is missing", "Touchstone needs WebAssembly. Switch it on or update the web view or the browser, then reload.");
    return;
  }
  if (!hasWebGl()) {
    show("WebGL 2 is missing", "Touchstone draws with WebGL 2. " + (isWindow ? WINDOW_HELP : BROWSER_HELP) + " Everything can also be done in a terminal: see touchstone --help.");
    return;
  }
  try {
    const script = import("./touchstone_ui.js");
    const [{ default: init, start, hover, drop_files, leave }, wasm] = await Promise.all([script, code()]);
    await init({ module_or_path: wasm });
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
