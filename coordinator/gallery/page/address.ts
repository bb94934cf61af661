/** The part of the page's address after `#`: what is shown, so that it can be kept, sent and gone back to. */

export const ORDERS = ['label', 'confidence', 'newest', 'island'] as const;
export type Order = (typeof ORDERS)[number];

export interface Place {
  /** The run's name; absent: the first. */
  readonly run?: string | undefined;
  /** The class whose elite is shown; absent: the wall. */
  readonly classId?: number | undefined;
  /** Name of the run that the class is compared with. */
  readonly beside?: string | undefined;
  readonly order: Order;
  /** Text that labels are filtered by. */
  readonly find: string;
  /** Least confidence of what is shown, 0 … 1; 0: empty cells too. */
  readonly above: number;
}

export const HOME: Place = { order: 'label', find: '', above: 0 };

/** What an address shows; whatever makes no sense in it is passed over. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const words = new URLSearchParams(query);
  const classId = /^class\/(\d{1,9})$/.exec(path)?.[1];
  const run = words.get('run');
  const beside = words.get('beside');
  const order = ORDERS.find((each) => each === words.get('sort')) ?? HOME.order;
  const above = Number(words.get('above') ?? 0);
  return {
    ...(run && { run }),
    ...(classId !== undefined && { classId: Number(classId) }),
    ...(beside && { beside }),
    order,
    find: words.get('find') ?? '',
    above: above >= 0 && above <= 1 ? above : 0,
  };
}

/** The address of a place, from `#` on; what is as usual is left out. */
export function addressOf({ run, classId, beside, order, find, above }: Place): string {
  const words = new URLSearchParams();
  if (run !== undefined) words.set('run', run);
  if (beside !== undefined) words.set('beside', beside);
  if (order !== HOME.order) words.set('sort', order);
  if (find !== '') words.set('find', find);
  if (above !== 0) words.set('above', `${above}`);
  const query = words.toString();
  return `#/${classId === undefined ? '' : `class/${classId}`}${query === '' ? '' : `?${query}`}`;
}
