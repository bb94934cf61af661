import { headers, type Msg } from 'nats';
import { messageOf } from '../../base/errors.js';
import { encodeMessage } from '../../wire/codec.js';
import type { CoordinatorEvent } from '../transport.js';
import type { Broker } from './broker.js';
import { type CoordinatorMail, decodeOr, JOINS_WAITING } from './coordinator-mail.js';
import type { Farewells } from './farewells.js';
import { createJoinQueue } from './join-queue.js';
import { ORDER, PART, PARTS, sessionOf } from './subjects.js';
import { createWelcomeParts } from './welcome-parts.js';

/** Answers workers that ask for an island, and those that ask for a further part of their welcome. */
export interface Reception {
  onJoin(message: Msg): void;
  onWelcome(message: Msg): void;
}

export function createReception(parts: {
  readonly broker: Broker;
  readonly mail: Pick<CoordinatorMail, 'offerJoin' | 'reject'>;
  readonly farewells: Pick<Farewells, 'holds'>;
  /** The coordinator's epoch and the number of the last order, as a header has them. */
  readonly lastOrder: () => string;
  /** Resolves when all that the broker has stored by now was heard: an island goes on from all of it. */
  readonly caughtUp: () => Promise<void>;
}): Reception {
  const { broker, mail, farewells, lastOrder, caughtUp } = parts;
  const { nc } = broker;
  const welcomes = createWelcomeParts();
  const arriving = createJoinQueue<CoordinatorEvent>({
    limit: JOINS_WAITING,
    ready: caughtUp,
    handOn: mail.offerJoin,
  });

  return {
    onJoin(message) {
      const session = sessionOf(message.headers);
      const refuse = (reason: string) => {
        if (!nc.isClosed()) message.respond(encodeMessage({ type: 'refusal', reason }));
      };
      const body = decodeOr(message.data, (error) => {
        mail.reject(error.reason);
        refuse(error.message);
      });
      if (body === undefined) return;
      if (body.type !== 'join' || session === undefined || message.reply === undefined) {
        mail.reject('unexpected');
        return;
      }
      arriving.add(session, {
        type: 'join',
        join: body,
        welcome(welcome) {
          farewells.holds(welcome.island, session);
          try {
            const { first, parts } = welcomes.keep(session, welcome, broker.maxBytes);
            const header = headers();
            header.set(PARTS, String(parts));
            header.set(ORDER, lastOrder());
            message.respond(first, { headers: header });
          } catch (error) {
            // An elite that no message of this broker holds; or the link ends, and so does the answer.
            if (!nc.isClosed()) refuse(messageOf(error));
          }
        },
        refuse,
      });
    },
    onWelcome(message) {
      const part = Number(message.headers?.get(PART));
      const found = welcomes.part(sessionOf(message.headers) ?? '', part);
      const header = headers();
      header.set(PARTS, String(found?.parts ?? 0));
      message.respond(found?.bytes, { headers: header });
    },
  };
}
