// eframe asks for a frame as soon as it has had one, drawn or not, and a web view that gives sixty a second is never idle.
// Here it gets one when something is to be drawn, and for a moment after anything happened. Now and then it is asked
// whether something was forgotten, without a frame: a frame is shown anew even where nothing was drawn.

// Milliseconds.
const AFTER_AN_EVENT = 500;
const AFTER_A_FRAME = 100;
const NOW_AND_THEN = 1000;

const EVENTS = [
  "pointerdown", "pointerup", "pointercancel", "mousedown", "mouseup", "mousemove", "mouseover", "mouseout", "mouseleave",
  "touchstart", "touchmove", "touchend", "touchcancel", "wheel", "gesturestart", "gesturechange", "gestureend", "click",
  "contextmenu", "keydown", "keyup", "beforeinput", "input", "compositionstart", "compositionupdate", "compositionend",
  "copy", "cut", "paste", "dragenter", "dragover", "dragleave", "drop", "focusin", "focusout", "focus", "blur", "resize",
  "scroll", "hashchange", "popstate", "pageshow", "load", "visibilitychange",
];

// From now on; gives what says in how many milliseconds a frame is wanted.
export function frames() {
  const ask = window.requestAnimationFrame.bind(window);
  const waiting = new Map();
  let last = 0;
  let isAsked = false;
  let timer;
  let wantedAt = 0;
  let awakeUntil = performance.now() + AFTER_AN_EVENT;

  function give() {
    clearTimeout(timer);
    if (isAsked || waiting.size === 0) {
      return;
    }
    isAsked = true;
    ask((time) => {
      isAsked = false;
      call(time);
    });
  }

  function call(time) {
    if (wantedAt <= performance.now()) {
      wantedAt = Infinity;
    }
    const callbacks = [...waiting.values()];
    waiting.clear();
    callbacks.forEach((callback) => callback(time));
  }

  function plan() {
    const now = performance.now();
    if (now < awakeUntil || wantedAt <= now) {
      give();
    } else {
      clearTimeout(timer);
      const delay = Math.ceil(wantedAt - now);
      timer = delay <= NOW_AND_THEN
        ? setTimeout(give, delay)
        : setTimeout(() => call(performance.now()), NOW_AND_THEN);
    }
  }

  function stayAwake(time) {
    awakeUntil = Math.max(awakeUntil, performance.now() + time);
    plan();
  }

  window.requestAnimationFrame = (callback) => {
    last += 1;
    waiting.set(last, callback);
    plan();
    return last;
  };
  window.cancelAnimationFrame = (number) => waiting.delete(number);

  const happened = () => stayAwake(AFTER_AN_EVENT);
  EVENTS.forEach((name) => window.addEventListener(name, happened, { capture: true, passive: true }));
  new ResizeObserver(happened).observe(document.documentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", happened);

  return (delay) => {
    wantedAt = Math.min(wantedAt, performance.now() + delay);
    stayAwake(AFTER_A_FRAME);
  };
}
