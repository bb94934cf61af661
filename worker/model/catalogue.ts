import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CardInput } from './card.js';
import type { ModelFormat } from './model.js';
import { PREPROCESSING, type Preprocessing } from './preprocessing.js';
import { ZOO } from './zoo.js';

/** A model that needs no card, because it is known by its digest. */
export interface CatalogueEntry {
  readonly name: string;
  readonly format: ModelFormat;
  /** See files.ts. */
  readonly digest: string;
  readonly input: CardInput;
  readonly labels?: readonly string[];
  readonly source: string;
  /** Where `atoll models pull` finds it, if anywhere: a path below its base URL, and its size in bytes. */
  readonly download?: { readonly path: string; readonly size: number };
}

/** Git LFS serves the zoo's large files here. */
export const ZOO_URL = 'https://media.githubusercontent.com/media/onnx/models/main/';
const ZOO_FOLDER = 'validated/vision/classification';

/** The network that Atoll evolves for unless it is told otherwise, beside its own card. */
export const SHIPPED = {
  name: 'digits',
  directory: join(fileURLToPath(new URL('.', import.meta.url)), '../digits/model'),
} as const;

/** The same network, trained from another seed: what fools the one need not fool the other. */
export const SECOND = {
  name: 'digits-2',
  directory: join(fileURLToPath(new URL('.', import.meta.url)), '../digits/second'),
} as const;

/** A network of 1,000 classes: emoji. */
export const EMOJI = {
  name: 'emoji',
  directory: join(fileURLToPath(new URL('.', import.meta.url)), '../emoji/model'),
} as const;

interface ShippedModel {
  readonly name: string;
  readonly directory: string;
  readonly format: ModelFormat;
}

/** Networks that need no download, each in a directory with its card. */
export const SHIPPED_MODELS: readonly ShippedModel[] = [
  { ...SHIPPED, format: 'tfjs-layers' },
  { ...SECOND, format: 'tfjs-layers' },
  { ...EMOJI, format: 'onnx' },
];

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

const OTHERS: readonly CatalogueEntry[] = [
  {
    name: 'mobilenet_v1_0.25_224',
    format: 'onnx',
    digest: '23c32223e383dba46a1801b47e576661b014be7737859e72b1f4633dd617f2d5',
    input: PREPROCESSING.tensorflow,
    source: 'MobileNet V1 0.25 of TensorFlow.js, rebuilt as ONNX; Apache-2.0',
  },
  {
    name: 'mobilenet_v1_0.25_224-tfjs',
    format: 'tfjs-layers',
    digest: '81dfcfe46fb2a6f44f3631b7feaef0179760a1a749561f0da0bf1d568e0379f7',
    input: PREPROCESSING.tensorflow,
    source: 'MobileNet V1 0.25 of Google, a TensorFlow.js layers model; Apache-2.0',
  },
  {
    name: 'squeezenet-fp16',
    format: 'onnx',
    digest: '21f25e3d9254af93e6218a359469fac714a017b3f9035c0f5c4acbf9a3ff7233',
    input: PREPROCESSING['squeezenet1.0'],
    source: 'SqueezeNet_fp16.onnx; MIT',
  },
];

function zooEntries(): CatalogueEntry[] {
  return ZOO.flatMap(({ folder, preprocessing, files }) =>
    files
      .trim()
      .split('\n')
      .map((line) => zooEntry(folder, preprocessing, line.trim())),
  );
}

function zooEntry(folder: string, preprocessing: Preprocessing, line: string): CatalogueEntry {
  const [name = '', size = '', digest = ''] = line.split(' ');
  return {
    name,
    format: 'onnx',
    digest,
    input: PREPROCESSING[preprocessing],
    ...(preprocessing === 'mnist' ? { labels: DIGITS } : {}),
    source: `the ONNX model zoo, ${folder}/model/${name}.onnx`,
    download: { path: `${ZOO_FOLDER}/${folder}/model/${name}.onnx`, size: Number(size) },
  };
}

/** Every model that is known by its digest; shipped ones have their cards instead. */
export const CATALOGUE: readonly CatalogueEntry[] = [...OTHERS, ...zooEntries()];

export function knownByDigest(digest: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.digest === digest);
}

/** By name, with or without `.onnx`. */
export function knownByName(name: string): CatalogueEntry | undefined {
  const stem = name.replace(/\.onnx$/, '');
  return CATALOGUE.find((entry) => entry.name === stem);
}
