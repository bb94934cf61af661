import { describe, expect, it } from 'vitest';
import { addressOf, HOME, type Place, placeOf } from '../../../coordinator/gallery/page/address.js';

describe('an address', () => {
  it.each<[Place, string]>([
    [HOME, '#/'],
    [{ ...HOME, classId: 817 }, '#/class/817'],
    [{ ...HOME, classId: 0, run: 'night', beside: 'a & b' }, '#/class/0?run=night&beside=a+%26+b'],
    [
      { order: 'newest', find: 'school bus?#', above: 0.99 },
      '#/?sort=newest&find=school+bus%3F%23&above=0.99',
    ],
  ])('says a place, which is read from it again: %#', (place, address) => {
    expect(addressOf(place)).toBe(address);
    expect(placeOf(address)).toEqual(place);
  });

  it.each([
    '',
    '#',
    '#/class/',
    '#/class/x?sort=size&above=7',
    '#/nonsense?above=NaN&run=',
    '#/class/1234567890',
  ])('that makes no sense, %s, leads home', (address) => {
    expect(placeOf(address)).toEqual(HOME);
  });
});
