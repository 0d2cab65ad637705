/** Writes an answer as HTTP/1.1 text, in one piece where it is text. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '../../operate/limits.ts';
import type { Formed } from '../send.ts';

const keepAlive = `connection: keep-alive\r\nkeep-alive: timeout=${limits.keepAliveMs / 1000}\r\n`;
let dateSecond = 0;
let dateLine = '';

export function writeReply(socket: Socket, { status, headers, body, bytes, last, empty }: Formed): void {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  head += `${date()}${last ? '' : keepAlive}\r\n`;
  if (empty) socket.write(head, 'latin1');
  else if (Buffer.isBuffer(body)) writeParts(socket, head, [body]);
  else if (typeof body !== 'string') writeParts(socket, head + body[0], body.slice(1) as Buffer[]);
  else {
    const text = head + body;
    // One byte a character is written without a look at each.
    socket.write(text, bytes === body.length ? 'latin1' : 'utf8');
  }
}

/** Tensors go out from where they lie. */
function writeParts(socket: Socket, text: string, parts: readonly Buffer[]): void {
  socket.cork();
  socket.write(text, 'utf8');
  for (const part of parts) socket.write(part);
  socket.uncork();
}

/** RFC 9110 §6.6.1; it changes once a second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return dateLine;
}
