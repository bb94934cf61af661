import { headers, type Msg } from 'nats';
import { BadInputError } from '../../base/errors.js';
import { decodeMessage, encodeMessage } from '../../wire/codec.js';
import { MalformedMessageError } from '../../wire/fields.js';
import type { Entry, Join, Message, Welcome } from '../../wire/messages.js';
import { refusedError } from '../refusal.js';
import type { Broker } from './broker.js';
import { readNumbers } from './standing-orders.js';
import { ORDER, PART, PARTS, SESSION, type Subjects } from './subjects.js';

const ANSWER_MS = 3000;

/** A welcome, and the coordinator's epoch and the number of its last order by then. */
export interface Welcomed {
  readonly welcome: Welcome;
  readonly order: { readonly epoch: number; readonly last: number };
}

/**
 * One try to get an island: the welcome, its elites collected from all its parts. Rejects with a {@link BadInputError}
 * when the coordinator refuses, or runs another version of Atoll; with any other error when nobody answers.
 */
export async function askForIsland(parts: {
  readonly broker: Broker;
  readonly subjects: Subjects;
  /** Of this connection. */
  readonly session: string;
  readonly join: Join;
}): Promise<Welcomed> {
  const { broker, subjects, session, join } = parts;

  async function ask(subject: string, data: Uint8Array, part?: number): Promise<Msg> {
    const header = headers();
    header.set(SESSION, session);
    if (part !== undefined) header.set(PART, String(part));
    return broker.connected(broker.nc.request(subject, data, { timeout: ANSWER_MS, headers: header }));
  }

  const answer = await ask(subjects.join, encodeMessage({ type: 'join', ...join }));
  const welcome = readWelcome(answer.data);
  const count = Number(answer.headers?.get(PARTS));
  const elites: Entry[] = [...welcome.elites];
  for (let part = 1; part < count; part++) {
    const more = await ask(subjects.welcome, new Uint8Array(), part);
    if (Number(more.headers?.get(PARTS)) !== count) throw new Error('the welcome is not known any more');
    elites.push(...readWelcome(more.data).elites);
  }
  const [epoch = 0, last = 0] = readNumbers(answer.headers?.get(ORDER) ?? '', 2) ?? [];
  return { welcome: { ...welcome, elites }, order: { epoch, last } };
}

function readWelcome(bytes: Uint8Array): Welcome {
  let message: Message;
  try {
    message = decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError && error.reason === 'wrong-version')) throw error;
    throw new BadInputError({
      code: 'ERR_PROTOCOL_VERSION',
      problem: `The coordinator runs another version of Atoll (${error.message})`,
      fix: 'Install the same version on all machines',
    });
  }
  if (message.type === 'refusal') throw refusedError(message.reason);
  if (message.type === 'welcome') return message;
  throw new Error(`the coordinator answered with a ${message.type} in place of a welcome`);
}
