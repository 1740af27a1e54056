// How much waits for the reader, kept up in every open page. Only a page that is looked at listens:
// each channel takes a thread of the server.
import { connected, disconnect } from "./connection.js";

const HIDDEN_FOR = 30000;
const MOST = 99;

export function ringBell() {
  if (!document.querySelector("[data-bell]")) return;
  whileLookedAt(() => connected(welcome), () => disconnect(welcome));
}

// Calls `begin` now and whenever the page is looked at again, and `end` when it was not for a while.
export function whileLookedAt(begin, end) {
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(end, HIDDEN_FOR);
    else begin();
  };
  document.addEventListener("visibilitychange", look);
  look();
}

function welcome(channel) {
  channel.off("unread", show).on("unread", show);
  channel.emit("listen", {});
}

function show({ unread }) {
  const bell = document.querySelector("[data-bell]");
  let count = bell.querySelector("[data-bell-count]");
  if (!count) {
    count = document.createElement("span");
    count.className = "bell__count";
    count.dataset.bellCount = "";
    bell.append(count);
  }
  count.hidden = !unread;
  count.textContent = unread > MOST ? `${MOST}+` : String(unread || "");
}
