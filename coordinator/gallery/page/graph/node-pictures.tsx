import { useEffect, useMemo, useState } from 'preact/hooks';
import { encodeGenome } from '../../../../protocol/encodings/codec.js';
import type { ExpressedCppn } from '../../../../protocol/encodings/cppn/express.js';
import { INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import { Picture } from '../parts/picture.js';
import type { Artist, Subject } from '../run/artist.js';
import { nodeGenome } from './node-genome.js';

/** A large graph's nodes are drawn when one points at them. */
const MOST_DRAWN = 160;
const SIDE = 64;

function subjectOf(expressed: ExpressedCppn, node: number, canvas: number): Subject {
  return { digest: `node ${node}`, genome: encodeGenome(nodeGenome(expressed, node, canvas)) };
}

/** What each node alone draws, as addresses of small PNGs; undefined until it is drawn. */
export function useNodePictures(
  artist: Artist,
  expressed: ExpressedCppn,
  canvas: number,
): readonly (string | undefined)[] {
  const [pictures, setPictures] = useState<readonly (string | undefined)[]>([]);
  useEffect(() => {
    const count = INPUTS.length + expressed.activations.length;
    setPictures([]);
    if (count > MOST_DRAWN) return;
    const control = new AbortController();
    const { signal } = control;
    void Promise.all(
      Array.from({ length: count }, async (_, node) => {
        const subject = subjectOf(expressed, node, canvas);
        const picture = await artist.draw(subject, { width: SIDE, height: SIDE, urgency: 4, signal });
        return picture && dataUrlOf(picture);
      }),
    ).then((drawn) => {
      if (!signal.aborted) setPictures(drawn);
    });
    return () => control.abort();
  }, [artist, expressed, canvas]);
  return pictures;
}

function dataUrlOf(picture: ImageBitmap): string {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
  return canvas.toDataURL('image/png');
}

/** What one node alone draws, large. */
export function NodePicture(props: {
  artist: Artist;
  expressed: ExpressedCppn;
  canvas: number;
  node: number;
}) {
  const { artist, expressed, canvas, node } = props;
  const subject = useMemo(() => subjectOf(expressed, node, canvas), [expressed, node, canvas]);
  // By the node, for a picture is known by its subject's digest.
  return <Picture key={node} artist={artist} subject={subject} alt="What this node alone draws" />;
}
