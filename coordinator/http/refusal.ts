import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Problem, problemBody } from './problem.js';

/** Refuses on a connection itself what never becomes a request to the app, and closes it. */
export function refuseOn(socket: Duplex, input: Omit<Problem, 'status'> & { readonly status: number }): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problemBody(input));
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  const line = `HTTP/1.1 ${input.status} ${STATUS_CODES[input.status]}`;
  socket.end(`${line}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy());
}
