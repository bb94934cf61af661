import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Picture } from '../parts/picture.js';
import { type Shown, type Sight, seenOf } from '../parts/shown.js';
import type { Run } from '../run/run.js';

/** The image twice: drawn for the screen, and as the network saw it. They are not the same picture. */
export function Stage({
  run,
  classId,
  shown,
  children,
}: {
  run: Run;
  classId: number;
  shown: Shown;
  /** What the network said of what it saw. */
  children: ComponentChildren;
}) {
  const label = run.labels[classId] ?? '';
  const sight = seenOf(run, shown);
  const little = shown.kept === 'miniature';
  /** Pixels across; undefined: as many as the screen has. */
  const [side, setSide] = useState<number | undefined>(undefined);
  return (
    <div class="stage">
      <figure class="large">
        <Picture
          artist={run.artist}
          subject={shown}
          alt={`The image that the network takes for ${label}, drawn anew`}
          {...(side !== undefined && { native: { width: side, height: side, grey: false } })}
        />
        <figcaption>
          <b>Drawn {side === undefined ? 'for your screen' : `at ${side} × ${side} pixels`}.</b>{' '}
          {little
            ? 'Of this image a miniature is kept.'
            : 'To the network this is another picture, which often fools nobody.'}
          <label class="drawn-at">
            <span>Pixels</span>
            <input
              type="range"
              min="2"
              max="11.05"
              step="0.05"
              value={side === undefined ? 11.05 : Math.log2(side)}
              aria-valuetext={side === undefined ? 'as many as the screen has' : `${side}`}
              onInput={({ currentTarget }) => {
                const power = Number(currentTarget.value);
                setSide(power > 11 ? undefined : Math.round(2 ** power));
              }}
            />
          </label>
        </figcaption>
      </figure>
      <div class="seen-and-said">
        <figure class="seen">
          <Picture
            artist={run.artist}
            subject={shown}
            alt={little ? LITTLE : `What the network saw and takes for ${label}, pixel for pixel`}
            native={sight}
          />
          <figcaption>{little ? <Little sight={sight} /> : <Seen run={run} sight={sight} />}</figcaption>
        </figure>
        {children}
      </div>
    </div>
  );
}

const LITTLE = 'The miniature that is kept of an image that the network saw';

function Little({ sight }: { sight: Sight }) {
  return (
    <>
      <b>A miniature of what the network saw:</b> {sight.width} × {sight.height} of its pixels. The confidence
      is of the whole.
    </>
  );
}

function Seen({ run, sight }: { run: Run; sight: Sight }) {
  return (
    <>
      <b>What the network saw:</b> {sight.width} × {sight.height} pixels{sight.grey ? ' in grey' : ''}
      {run.facts.spec.views === 'ten-crop' ? ', in ten crops' : ''}. The confidence is of this picture.
    </>
  );
}
