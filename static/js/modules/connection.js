// The live channel. Open only while an answer comes, because each one takes a thread of the server.

const TIME_TO_CONNECT = 2000;
const ROOT = new URL("../../../", import.meta.url);

let socket = null;

// The open channel, or null where there is none within two seconds. `welcome` is called with the
// channel each time it opens, also when it had been lost.
export async function connected(welcome) {
  if (socket?.connected) return socket;
  socket?.disconnect();
  try {
    const { io } = await import("../../vendor/socket.io.esm.min.js");
    socket = io(ROOT.origin, {
      path: `${ROOT.pathname}socket.io`,
      transports: ["websocket"],
      reconnectionDelayMax: 2000,
    });
    socket.on("connect", () => welcome(socket));
    await opened(socket);
    return socket;
  } catch {
    disconnect();
    return null;
  }
}

export function disconnect() {
  socket?.disconnect();
  socket = null;
}

function opened(channel) {
  return new Promise((resolve, reject) => {
    channel.once("connect", resolve);
    channel.once("connect_error", reject);
    setTimeout(reject, TIME_TO_CONNECT);
  });
}
