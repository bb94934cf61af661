import { describe, expect, it } from 'vitest';
import { createFrameReader, type Frame, headerValue } from './frames.js';

const SAID = [
  'CONNECT {"verbose":false}\r\n',
  'PUB atoll.r.heartbeat.0 3\r\na\r\n\r\n',
  'HPUB atoll.r.improve.0 _INBOX.x.1 28 31\r\nNATS/1.0\r\nNats-Msg-Id: 7\r\n\r\nxyz\r\n',
  'PING\r\n',
  'MSG _INBOX.x.1 1 2\r\n{}\r\n',
].join('');

function framesOf(chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const reader = createFrameReader((frame) => frames.push(frame));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

describe('frames', () => {
  it('are told apart by their sizes, whatever bytes they carry', () => {
    const frames = framesOf([Buffer.from(SAID)]);
    expect(frames.map(({ verb, payload }) => `${verb} ${payload}`)).toEqual([
      'CONNECT ',
      'PUB a\r\n',
      'HPUB xyz',
      'PING ',
      'MSG {}',
    ]);
    expect(headerValue(frames[2]?.header ?? '', 'nats-msg-id')).toBe('7');
    expect(headerValue(frames[2]?.header ?? '', 'other')).toBeUndefined();
  });

  it('are the same however a connection cuts them', () => {
    const whole = framesOf([Buffer.from(SAID)]);
    for (let size = 1; size < 40; size++) {
      const count = Math.ceil(SAID.length / size);
      const chunks = Array.from({ length: count }, (_, i) =>
        Buffer.from(SAID.slice(i * size, (i + 1) * size)),
      );
      expect(framesOf(chunks)).toEqual(whole);
    }
  });
});
