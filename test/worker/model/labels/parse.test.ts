import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/base/errors.js';
import { parseLabels, parseLabelTable } from '../../../../worker/model/labels/parse.js';

const ABC = ['cat', 'dog', 'hot dog'];

describe('labels are read from', () => {
  const texts: [string, string, string][] = [
    ['a JSON list', 'labels.json', '["cat","dog","hot dog"]'],
    [
      'objects with index and name, in any order',
      'l.json',
      '[{"index":2,"name":"hot dog"},{"index":0,"name":"cat"},{"index":1,"name":"dog"}]',
    ],
    ['objects with name alone', 'l.json', '[{"name":"cat"},{"name":"dog"},{"name":"hot dog"}]'],
    ['a list under labels', 'l.json', '{"labels":["cat","dog","hot dog"]}'],
    [
      'Keras’ class index',
      'i.json',
      '{"0":["n02121808","cat"],"1":["n02084071","dog"],"2":["n07697537","hot dog"]}',
    ],
    ['the class_indices of a generator', 'class_indices.json', '{"dog": 1, "hot dog": 2, "cat": 0}'],
    [
      'a map from index to name',
      'labels.json',
      '{"10":"x","0":"cat","1":"dog","2":"hot dog"}'.replace('"10":"x",', ''),
    ],
    [
      'the config.json of Hugging Face',
      'config.json',
      '{"architectures":["ViT"],"num_labels":3,"id2label":{"0":"cat","1":"dog","2":"hot dog"},"label2id":{"cat":0,"dog":1,"hot dog":2}}',
    ],
    ['id2label alone', 'l.json', '{"id2label":{"0":"cat","1":"dog","2":"hot dog"}}'],
    ['label2id alone', 'l.json', '{"label2id":{"cat":"0","dog":"1","hot dog":"2"}}'],
    [
      'Teachable Machine’s metadata.json',
      'metadata.json',
      '{"tfjsVersion":"1.7.4","tmVersion":"2.4.7","packageVersion":"0.8.4-alpha2","packageName":"@teachablemachine/image","timeStamp":"2024","userMetadata":{},"modelName":"tm-my-image-model","labels":["cat","dog","hot dog"],"imageSize":224}',
    ],
    ['lines', 'labels.txt', 'cat\ndog\nhot dog\n'],
    ['lines of Windows with a byte order mark', 'labels.txt', '\uFEFFcat\r\ndog\r\nhot dog\r\n'],
    ['lines with blank ones between', 'labels.txt', '\ncat\n\n  dog  \n \nhot dog\n\n'],
    ['Teachable Machine’s labels.txt', 'labels.txt', '0 cat\n1 dog\n2 hot dog'],
    ['lines with numbers and colons', 'labels.txt', '0: cat\n1: dog\n2: hot dog'],
    ['lines with numbers and commas', 'labels.txt', '0,cat\n1,dog\n2,hot dog'],
    ['lines with numbers and tabs', 'labels.txt', '0\tcat\n1\tdog\n2\thot dog'],
    ['lines with synsets', 'synset.txt', 'n02121808 cat\nn02084071 dog\nn07697537 hot dog'],
    ['quoted lines', 'labels.txt', '"cat"\n"dog"\n"hot dog"'],
    ['CSV with a header', 'classes.csv', 'index,name\n0,cat\n1,dog\n2,hot dog\n'],
    [
      'CSV in another order, with more columns',
      'classes.csv',
      'class_name,colour,class_id\nhot dog,red,2\ncat,black,0\ndog,brown,1\n',
    ],
    ['CSV with the name of the class under class', 'c.csv', 'id;class\n0;cat\n1;dog\n2;hot dog\n'],
    [
      'CSV with the number under class and the name under label',
      'c.csv',
      'class,label\n0,cat\n1,dog\n2,hot dog\n',
    ],
    [
      'CSV with the number under label and the name under class',
      'c.csv',
      'label,class\n0,cat\n1,dog\n2,hot dog\n',
    ],
    ['CSV of pandas', 'c.csv', ',label\n0,cat\n1,dog\n2,hot dog\n'],
    ['CSV whose header is known by its index alone', 'c.csv', 'id,breed\n0,cat\n1,dog\n2,hot dog\n'],
    ['CSV of one column', 'c.csv', 'label\n"cat"\n"dog"\n"hot dog"\n'],
    ['CSV without a header', 'c.csv', '0,cat\n1,dog\n2,hot dog\n'],
    ['a table with tabs that is called .txt', 'c.txt', 'index\tname\n0\tcat\n1\tdog\n2\thot dog\n'],
    ['Python’s dict', 'l.txt', "{0: 'cat',\n 1: \"dog\",\n 2: 'hot dog'}"],
    ['Python’s list', 'l.txt', "['cat', 'dog', 'hot dog',]"],
    [
      'a tuple of Python in a variable',
      'l.py',
      "CLASSES = ('cat', 'dog',\n  'hot '  # goes on\n  'dog')".replace('(', '[').replace(')', ']'),
    ],
    ['YAML of a data set', 'data.yaml', 'path: ../x\nnc: 3\nnames: [cat, dog, hot dog]\n'],
    ['YAML with a map of names', 'data.yml', 'train: a\nnames:\n  0: cat\n  1: dog\n  2: hot dog\n'],
  ];
  it.each(texts)('%s', (_, path, text) => {
    expect(parseLabels(text, path)).toEqual(ABC);
  });

  it.skipIf(!existsSync('../shared/imagenet/labels.json'))(
    'ImageNet with synsets and synonyms (../shared)',
    () => {
      const { labels, aliases } = parseLabelTable(
        readFileSync('../shared/imagenet/labels.json', 'utf8'),
        'l.json',
      );
      expect(labels).toHaveLength(1000);
      expect(labels[779]).toBe('school bus');
      expect(aliases[0]).toEqual(['n01440764', 'Tinca tinca']);
    },
  );
});

describe('a list of names stays as it is', () => {
  const lists: [string, string[]][] = [
    ['names that begin with numbers', ['7 up', '3 doors down']],
    ['numbers that do not begin with 0', ['1 cent', '2 cents', '3 cents']],
    ['numbers that are not in order', ['1 dog', '0 cat']],
    ['numbers on some lines', ['0 cat', 'dog', '2 bird']],
    ['digits', ['0', '1', '2', '3']],
    ['a synset on one line', ['n01440764 tench', 'goldfish']],
    ['commas', ['tench, Tinca tinca', 'goldfish, Carassius auratus']],
    ['brackets around the first', ['[background]', 'cat', 'dog']],
    ['words that are titles elsewhere', ['class', 'name', 'label']],
    ['quotation marks on one line', ['"it"', 'them']],
  ];
  it.each(lists)('%s', (_, labels) => {
    expect(parseLabels(labels.join('\n'), 'labels.txt')).toEqual(labels);
  });

  it('YAML’s words for true and false, and its numbers', () => {
    expect(parseLabels('names: [no, yes, 1.0, null]', 'd.yaml')).toEqual(['no', 'yes', '1.0', 'null']);
  });
});

describe('every name comes back from every form', () => {
  // Visible, trimmed, and with something other than digits, as names are.
  const name = fc
    .string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(...'abcXYZé猫 ,;:\'"[]{}#\\/-_=()') })
    .map((text) => `a${text}`.trim());
  const names = fc.uniqueArray(name, { minLength: 2, maxLength: 12 });
  const forms: [string, string, (labels: string[]) => string][] = [
    ['JSON', 'l.json', (labels) => JSON.stringify(labels)],
    ['a map by index', 'l.json', (labels) => JSON.stringify({ ...labels })],
    [
      'a map by name',
      'l.json',
      (labels) => JSON.stringify(Object.fromEntries(labels.map((label, i) => [label, i]))),
    ],
    ['numbered lines', 'l.txt', (labels) => labels.map((label, i) => `${i} ${label}`).join('\n')],
    ['Python', 'l.txt', (labels) => `{${labels.map((label, i) => `${i}: ${pythonText(label)}`).join(', ')}}`],
    [
      'CSV',
      'l.csv',
      (labels) =>
        `index,name\n${labels.map((label, i) => `${i},"${label.replaceAll('"', '""')}"`).join('\n')}`,
    ],
  ];
  it.each(forms)('%s', (_, path, write) => {
    fc.assert(
      fc.property(names, (labels) => {
        expect(parseLabels(write(labels), path)).toEqual(labels);
      }),
    );
  });

  /** As Python's own repr writes it. */
  function pythonText(text: string): string {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
  }
});

describe('labels are refused in two sentences', () => {
  const wrong: [string, string, RegExp][] = [
    ['l.txt', ' \n', /^l\.txt holds no labels\. Write/],
    ['l.json', '{}', /^l\.json holds no labels that can be recognised\. /],
    ['l.json', '[1,2]', /holds no labels that can be recognised/],
    ['l.json', '["a",', /^l\.json is broken JSON \(.*\)\. Correct the file\.$/],
    ['l.txt', "{0: 'a', 1: b}", /is broken JSON or Python \(unexpected "," in line 1|unexpected/],
    [
      'l.json',
      '{"1":"a","2":"b"}',
      /^l\.json has no index 0, but its 2 labels need each index from 0 to 1 once\. /,
    ],
    ['l.json', '{"a":0,"b":0}', /has index 0 twice/],
    ['l.csv', 'id,name\n0,a\n0,b', /has index 0 twice/],
    ['l.yaml', 'names: [a', /^l\.yaml is broken YAML/],
    [
      'l.txt',
      `a\n\n${'b'.repeat(201)}`,
      /^Line 3 of l\.txt has 201 characters, and a label may have 200\. Shorten it\.$/,
    ],
    ['l.json', JSON.stringify(['a', '猫'.repeat(201)]), /^Label 2 of l\.json has 201 characters/],
  ];
  it.each(wrong)('%s %j', (path, text, sentence) => {
    const read = () => parseLabels(text, path);
    expect(read).toThrow(sentence);
    expect(read).toThrow(BadInputError);
  });

  it('and not when they have 200 characters, counted as people count them', () => {
    expect(parseLabels(`a\n${'😀'.repeat(200)}`, 'l.txt')[1]).toHaveLength(400);
  });

  it('whatever is in the file: labels or a sentence', () => {
    const parts = fc.constantFrom(
      ...['{', '}', '[', ']', '"', "'", ',', ':', '0', '1', 'a', '\n', '=', '(', '#', '\\', 'index,name\n'],
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 30 }),
        fc.constantFrom('l.txt', 'l.json', 'l.csv', 'l.yaml'),
        (text, path) => {
          try {
            expect(parseLabels(text.join(''), path).length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(BadInputError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('though they are nested deeper than any stack', () => {
    for (const text of ['['.repeat(200_000), `${'{"labels":'.repeat(50_000)}1${'}'.repeat(50_000)}`]) {
      expect(() => parseLabels(text, 'l.json')).toThrow(BadInputError);
    }
  });
});

describe('labels may be shown anywhere', () => {
  it('for control characters and marks that turn text around are spaces', () => {
    const labels = parseLabels(
      JSON.stringify(['\u001b[31mred\u0007', 'a\u202Eb', 'c\u0000\u009bd']),
      'l.json',
    );
    expect(labels).toEqual(['[31mred', 'a b', 'c d']);
  });

  it('and one that is empty is called by its number', () => {
    expect(parseLabels('["a", "", " "]', 'l.json')).toEqual(['a', 'class 1', 'class 2']);
  });
});
