/** Frames that carry no request: SETTINGS, PING, WINDOW_UPDATE, RST_STREAM, PRIORITY and GOAWAY (RFC 9113 section 6). */
import { errorCode, flag } from './constants.ts';
import { ConnectionFault, StreamFault } from './fault.ts';
import type { Session } from './session.ts';
import { decodeSettings } from './settings.ts';

const NOTHING = Buffer.alloc(0);

export function takeSettings(
  session: Session,
  flags: number,
  id: number,
  bytes: Buffer,
  from: number,
  to: number,
): void {
  demandConnection('SETTINGS', id);
  if ((flags & flag.ack) !== 0) {
    demandLength('SETTINGS with ACK', from, to, 0);
    return;
  }
  session.countControl();
  const pairs = decodeSettings(bytes, from, to);
  // First, so that the peer knows which of our frames follow its settings.
  session.sender.settings(NOTHING, true);
  session.sender.apply(pairs, session.table.all());
}

/** True when it answers a PING of ours. */
export function takePing(
  session: Session,
  flags: number,
  id: number,
  bytes: Buffer,
  from: number,
  to: number,
): boolean {
  demandConnection('PING', id);
  demandLength('PING', from, to, 8);
  session.countControl();
  if ((flags & flag.ack) !== 0) return true;
  session.sender.ping(bytes, from, true);
  return false;
}

export function takeWindowUpdate(session: Session, id: number, bytes: Buffer, from: number, to: number): void {
  demandLength('WINDOW_UPDATE', from, to, 4);
  const more = bytes.readUInt32BE(from) & 0x7fff_ffff;
  if (id === 0) {
    session.sender.widen(more);
    return;
  }
  demandKnown(session, 'WINDOW_UPDATE', id);
  const stream = session.table.get(id);
  if (stream === undefined) session.countControl();
  else session.sender.widenStream(stream, more);
}

export function takeReset(session: Session, id: number, from: number, to: number): void {
  demandLength('RST_STREAM', from, to, 4);
  demandKnown(session, 'RST_STREAM', id);
  const stream = session.table.get(id);
  if (stream === undefined) {
    session.countControl();
    return;
  }
  session.countReset();
  stream.abandon();
}

/** Priorities are passed over; only their faults are told. */
export function takePriority(session: Session, id: number, bytes: Buffer, from: number, to: number): void {
  session.countControl();
  if (id === 0) throw new ConnectionFault(errorCode.protocol, 'PRIORITY without a stream');
  if (to - from !== 5) throw new StreamFault(errorCode.frameSize, `PRIORITY of ${to - from} bytes`);
  demandIndependence(id, bytes.readUInt32BE(from) & 0x7fff_ffff);
}

export function demandIndependence(id: number, dependsOn: number | undefined): void {
  if (dependsOn === id) throw new StreamFault(errorCode.protocol, 'the stream depends on itself');
}

export function takeGoAway(session: Session, id: number, from: number, to: number): void {
  session.countControl();
  demandConnection('GOAWAY', id);
  if (to - from < 8) throw new ConnectionFault(errorCode.frameSize, `GOAWAY of ${to - from} bytes`);
}

function demandConnection(name: string, id: number): void {
  if (id !== 0) throw new ConnectionFault(errorCode.protocol, `${name} of stream ${id}`);
}

function demandLength(name: string, from: number, to: number, wanted: number): void {
  if (to - from !== wanted) throw new ConnectionFault(errorCode.frameSize, `${name} of ${to - from} bytes`);
}

function demandKnown(session: Session, name: string, id: number): void {
  if (id === 0 || session.table.isIdle(id)) throw new ConnectionFault(errorCode.protocol, `${name} of stream ${id}`);
}
