// The live channel. All that a page hears comes by one, because each takes a thread of the server; it
// is open while somebody in the page has a use for it.

const TIME_TO_CONNECT = 2000;
const ROOT = new URL("../../../", import.meta.url);

const users = new Set();
let socket = null;

// The open channel, or null where there is none within two seconds. `welcome` is called with the
// channel each time it opens, also when it had been lost.
export async function connected(welcome) {
  const isNew = !users.has(welcome);
  users.add(welcome);
  if (socket?.connected) {
    if (isNew) welcome(socket);
    return socket;
  }
  try {
    await (opening ??= open());
    return socket;
  } catch {
    close();
    return null;
  } finally {
    opening = null;
  }
}

// `welcome` has no use for the channel any more; the last one closes it.
export function disconnect(welcome) {
  users.delete(welcome);
  if (!users.size) close();
}

let opening = null;

async function open() {
  socket?.disconnect();
  const { io } = await import("../../vendor/socket.io.esm.min.js");
  socket = io(ROOT.origin, {
    path: `${ROOT.pathname}socket.io`,
    transports: ["websocket"],
    reconnectionDelayMax: 30000,
  });
  const channel = socket;
  channel.on("connect", () => users.forEach((welcome) => welcome(channel)));
  await new Promise((resolve, reject) => {
    channel.once("connect", resolve);
    channel.once("connect_error", reject);
    setTimeout(reject, TIME_TO_CONNECT);
  });
}

function close() {
  users.clear();
  socket?.disconnect();
  socket = null;
}
