import { describe, expect, it } from 'vitest';
import { classesOfFolders, classesOfPictures } from '../../../worker/probe/class-names.js';

const table = (labels: string[], aliases: string[][] = []) => ({ labels, aliases });
const ANIMALS = table(
  ['tench, Tinca tinca', 'Great white shark', 'dog', 'hot dog'],
  [['n01440764'], ['n01484850', 'white shark'], ['n02084071'], ['n07697537']],
);

describe('folders say their class', () => {
  const names: [string, string[], number[]][] = [
    ['by their label', ['dog', 'hot dog'], [2, 3]],
    ['by their label in other case and with other separators', ['Great_White-shark', 'HOT_DOG'], [1, 3]],
    ['by the first of several names', ['tench', 'dog'], [0, 2]],
    ['by another name', ['white shark', 'dog'], [1, 2]],
    ['by their index', ['2', '0', '003'], [2, 0, 3]],
    ['by an index before a name', ['000_tench', '3 - hot dog'], [0, 3]],
    ['by their synset', ['n07697537', 'n01440764'], [3, 0]],
    ['by a synset before a name', ['n07697537-hot_dog', 'n01440764-tench'], [3, 0]],
  ];
  it.each(names)('%s', (_, folders, classIds) => {
    expect(classesOfFolders(folders, ANIMALS)).toEqual({ classIds });
  });

  it('by their label where that is a number', () => {
    expect(classesOfFolders(['5', '1'], table(['1', '2', '5']))).toEqual({ classIds: [2, 0] });
  });

  it('by their order where the network has no labels and there is one for each class', () => {
    const unnamed = table(['class 0', 'class 1', 'class 2']);
    expect(classesOfFolders(['cat', 'ant', 'dog'], unnamed)).toEqual({ classIds: [1, 0, 2] });
    expect(classesOfFolders(['cat', 'ant'], unnamed)).toEqual({ unknown: 'cat', some: false });
    expect(classesOfFolders(['class_2', 'class 0'], unnamed)).toEqual({ classIds: [2, 0] });
  });

  it('or not: the first that does not is named', () => {
    expect(classesOfFolders(['dog', 'cat', 'hot dog'], ANIMALS)).toEqual({ unknown: 'cat', some: true });
    expect(classesOfFolders(['4'], ANIMALS)).toEqual({ unknown: '4', some: false });
    // Two classes are cranes: the name says neither.
    expect(classesOfFolders(['crane'], table(['crane', 'crane']))).toEqual({ unknown: 'crane', some: false });
  });
});

describe('pictures say their class', () => {
  const names: [string, string[], number[]][] = [
    ['by an index', ['000_n01440764', '3-x', '2'], [0, 3, 2]],
    ['by a synset', ['n07697537_12', 'n01440764'], [3, 0]],
    ['by a label, the longest that fits', ['hot_dog_12', 'dog.3', 'hot dog'], [3, 2, 3]],
  ];
  it.each(names)('%s', (_, pictures, classIds) => {
    expect(classesOfPictures(pictures, ANIMALS)).toEqual({ classIds });
  });

  it('or not', () => {
    expect(classesOfPictures(['IMG_0012', 'dogs_3'], ANIMALS)).toEqual({ unknown: 'IMG_0012', some: false });
    expect(classesOfPictures(['0012cat', '1_x'], ANIMALS)).toEqual({ unknown: '0012cat', some: true });
  });
});
