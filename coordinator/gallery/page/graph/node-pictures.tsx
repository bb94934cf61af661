import { useEffect, useMemo, useState } from 'preact/hooks';
import { encodeGenome } from '../../../../protocol/encodings/codec.js';
import { Picture } from '../parts/picture.js';
import type { Artist, Subject } from '../run/artist.js';
import type { GraphModel } from './graph-model.js';

/** A large graph's nodes are drawn when one points at them. */
const MOST_DRAWN = 160;
const SIDE = 64;

function subjectOf(model: GraphModel, node: number): Subject {
  return { digest: `node ${node}`, genome: encodeGenome(model.nodeGenome(node)) };
}

/** What each node alone draws, as addresses of small PNGs; undefined until it is drawn. */
export function useNodePictures(artist: Artist, model: GraphModel): readonly (string | undefined)[] {
  const [pictures, setPictures] = useState<readonly (string | undefined)[]>([]);
  useEffect(() => {
    const count = model.nodes.length;
    setPictures([]);
    if (count > MOST_DRAWN) return;
    const control = new AbortController();
    const { signal } = control;
    void Promise.all(
      Array.from({ length: count }, async (_, node) => {
        const subject = subjectOf(model, node);
        const picture = await artist.draw(subject, { width: SIDE, height: SIDE, urgency: 4, signal });
        return picture && dataUrlOf(picture);
      }),
    ).then((drawn) => {
      if (!signal.aborted) setPictures(drawn);
    });
    return () => control.abort();
  }, [artist, model]);
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
export function NodePicture(props: { artist: Artist; model: GraphModel; node: number }) {
  const { artist, model, node } = props;
  const subject = useMemo(() => subjectOf(model, node), [model, node]);
  // By the node, for a picture is known by its subject's digest.
  return <Picture key={node} artist={artist} subject={subject} alt="What this node alone draws" />;
}
