import { describe, expect, it } from 'vitest';
import { createConnectionBook } from '../../../coordinator/http/connection-book.js';

interface Connection {
  readonly name: string;
}

function open(book: ReturnType<typeof createConnectionBook<Connection>>, count: number, address: string) {
  return Array.from({ length: count }, (_, i): Connection => {
    const connection = { name: `${address} ${i}` };
    book.open(connection, address);
    return connection;
  });
}

describe('the connections of a server', () => {
  it('are so many of an address: the one goes that has waited longest', () => {
    const book = createConnectionBook<Connection>({ addressConnections: 3, connections: 100 });
    const [first, second, third] = open(book, 3, 'a');
    if (first) book.busy(first);
    expect(book.open({ name: 'another' }, 'b')).toBeUndefined();
    expect(book.open({ name: 'fourth' }, 'a')).toBe(second);
    if (first) book.waiting(first);
    // It waits again, and since a moment only.
    expect(book.open({ name: 'fifth' }, 'a')).toBe(third);
  });

  it('are so many in all: the address that has the most gives one up', () => {
    const book = createConnectionBook<Connection>({ addressConnections: 8, connections: 10 });
    const [oldest, ...others] = open(book, 8, 'a');
    open(book, 2, 'b');
    const probe = { name: 'probe' };
    expect(book.open(probe, 'c')).toBe(oldest);
    book.close(probe);
    expect(book.open({ name: 'another' }, 'c')).toBeUndefined();
    for (const connection of others) book.busy(connection);
    // What is being answered is never cut.
    expect(book.open({ name: 'a third' }, 'd')?.name).toBe('b 0');
  });

  it('are refused where all that there are are being answered, and forgotten when they are gone', () => {
    const book = createConnectionBook<Connection>({ addressConnections: 2, connections: 2 });
    const held = open(book, 2, 'a');
    for (const connection of held) book.busy(connection);
    const refused = { name: 'refused' };
    expect(book.open(refused, 'a')).toBe(refused);
    expect(book.open(refused, 'b')).toBe(refused);
    book.close(refused);
    for (const connection of held) book.close(connection);
    expect([book.open({ name: '1' }, 'a'), book.open({ name: '2' }, 'a')]).toEqual([undefined, undefined]);
  });
});
