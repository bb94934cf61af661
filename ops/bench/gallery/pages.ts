import { createConnection, type Socket } from 'node:net';

/** Pages that follow a run, and take what they are told without looking at it: what they cost is the coordinator's. */
export interface Pages {
  /** Bytes that all of them have got. */
  readonly bytes: number;
  close(): void;
}

const HANDSHAKE =
  'GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Opens `count` pages; resolves when each has been told something. Rejects when one of them is refused. */
export async function openPages(count: number, port: number): Promise<Pages> {
  let bytes = 0;
  const sockets: Socket[] = [];

  function open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1');
      sockets.push(socket);
      socket.once('data', (chunk) => {
        if (chunk.toString('latin1').startsWith('HTTP/1.1 101 ')) resolve();
        else reject(new Error(`a page was refused: ${chunk.toString('latin1').split('\r\n')[0]}`));
      });
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.on('error', reject);
      socket.write(HANDSHAKE);
    });
  }

  await Promise.all(Array.from({ length: count }, open));
  return {
    get bytes() {
      return bytes;
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
