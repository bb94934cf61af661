import { useState } from 'preact/hooks';
import { MAX_SIDE } from '../../../../protocol/drawing/drawer.js';
import { decodeGenome } from '../../../../protocol/encodings/codec.js';
import { sentenceFor } from '../api.js';
import { genomeJson } from '../graph/genome-json.js';
import { Icon } from '../parts/icons.js';
import { save } from '../parts/save.js';
import { genomeOf, type Shown, seenOf } from '../parts/shown.js';
import type { Run } from '../run/run.js';

/** The image at any size, and the genome. The graph has its own button beside it. */
export function Downloads({ run, classId, shown }: { run: Run; classId: number; shown: Shown }) {
  const sight = seenOf(run, shown);
  const [side, setSide] = useState(1024);
  const [problem, setProblem] = useState('');
  const name = `${classId}-${shown.digest.slice(0, 8)}`;
  const attempt = (work: () => Promise<void>) => () => {
    setProblem('');
    work().catch((error: unknown) => setProblem(sentenceFor(error)));
  };

  async function savePng(width: number, height: number, grey: boolean, file: string): Promise<void> {
    const picture = await run.artist.draw(shown, { width, height, grey, urgency: 9 });
    if (picture === undefined) throw new Error('This image is not kept, or the server is away.');
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    picture.close();
    save(await canvas.convertToBlob({ type: 'image/png' }), file);
  }

  async function saveGenome(): Promise<void> {
    const genome = decodeGenome(await genomeOf(run, shown));
    const text = JSON.stringify(genomeJson(genome, shown.digest), undefined, 1);
    save(new Blob([text], { type: 'application/json' }), `${name}.json`);
  }

  const fits = Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
  return (
    <section class="downloads">
      <h2 class="heading">Download</h2>
      <div class="download-row">
        <button
          class="button"
          type="button"
          onClick={attempt(() =>
            savePng(
              sight.width,
              sight.height,
              sight.grey,
              `${name}-${shown.kept === 'miniature' ? 'miniature' : 'seen'}.png`,
            ),
          )}
        >
          <Icon name="download" />
          {shown.kept === 'miniature' ? 'Its miniature' : 'What the network saw'}
        </button>
        <button class="button" type="button" onClick={attempt(saveGenome)}>
          <Icon name="download" />
          Genome (JSON)
        </button>
      </div>
      <div class="download-row">
        <label>
          <span>Drawn anew at</span>
          <input
            class="field number"
            type="number"
            min="1"
            max={MAX_SIDE}
            value={side}
            onInput={({ currentTarget }) => setSide(currentTarget.valueAsNumber)}
          />
          <span>pixels</span>
        </label>
        <button
          class="button"
          type="button"
          disabled={!fits}
          onClick={attempt(() => savePng(side, side, false, `${name}-${side}.png`))}
        >
          <Icon name="download" />
          PNG
        </button>
      </div>
      {problem !== '' && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
