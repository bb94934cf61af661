import { expect, it } from 'vitest';
import { UnreachableError } from '../../../../protocol/base/errors.js';
import { connectCoordinator } from '../../../../protocol/transport/nats/coordinator-link.js';
import { openWiretap } from '../../../faults/wiretap.js';
import { TWO_SENTENCES } from '../../../sentences.js';
import { startCluster } from './cluster.js';

it('a line that breaks at any moment while a run is taken up does no harm, or is said in a sentence', async () => {
  await using cluster = await startCluster();
  const { link } = await cluster.coordinate();
  await link.close();
  const port = Number(new URL(cluster.server.url).port);
  const said: unknown[] = [];
  for (let publications = 1, broke = true; broke; publications++) {
    let left = publications;
    const tap = await openWiretap(port, ({ type }) => {
      if (type !== 'published' || --left !== 0) return;
      tap.cut();
      tap.heal();
    });
    try {
      const next = await connectCoordinator({ servers: [tap.url], run: cluster.run });
      broke = left <= 0;
      await next.close();
    } catch (error) {
      said.push(error);
    }
    await tap.close();
  }
  expect(said.length).toBeGreaterThan(0);
  for (const error of said) {
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ message: expect.stringMatching(TWO_SENTENCES) });
  }
});
