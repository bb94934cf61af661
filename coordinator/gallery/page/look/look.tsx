import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { askJson, sentenceFor } from '../api.js';
import { Beliefs } from '../parts/beliefs.js';
import { Icon } from '../parts/icons.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import type { Opinion } from '../views.js';
import { Webcam } from './webcam.js';

/** What does the network see in any picture? A panel beside the wall, on which its answers light up. */

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const MOST_BYTES = 8 << 20;

export function Look({ store, run, open }: { store: Store; run: Run; open: Signal<boolean> }) {
  const picture = useSignal<string | undefined>(undefined);
  const opinion = useSignal<Opinion | undefined>(undefined);
  const problem = useSignal('');
  const busy = useSignal(false);
  const filming = useSignal(false);

  async function look(blob: Blob): Promise<void> {
    open.value = true;
    problem.value = refusalOf(blob);
    if (problem.value !== '') return;
    if (picture.value !== undefined) URL.revokeObjectURL(picture.value);
    picture.value = URL.createObjectURL(blob);
    opinion.value = undefined;
    busy.value = true;
    try {
      const init = { method: 'POST', body: blob, headers: { 'Content-Type': blob.type } };
      opinion.value = await askJson<Opinion>(`${run.base}/api/look`, init);
      store.lit.value = opinion.value.best;
    } catch (error) {
      problem.value = sentenceFor(error);
      store.lit.value = undefined;
    } finally {
      busy.value = false;
    }
  }

  useDrop(look);
  if (!open.value) return null;
  return (
    <section class="look" aria-labelledby="look-title">
      <div class="section-head">
        <h2 id="look-title">What does the network see?</h2>
        <span class="spring" />
        <button
          class="button bare"
          type="button"
          aria-label="Close"
          onClick={() => {
            open.value = false;
            filming.value = false;
            store.lit.value = undefined;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {filming.value ? (
        <Webcam
          onPicture={(blob) => {
            filming.value = false;
            void look(blob);
          }}
          onProblem={(sentence) => {
            filming.value = false;
            problem.value = sentence;
          }}
        />
      ) : (
        picture.value !== undefined && (
          <img class="looked-at" src={picture.value} alt="What was shown to the network" />
        )
      )}
      <Choose
        onChoose={look}
        onFilm={() => {
          filming.value = true;
        }}
        filming={filming.value}
      />
      <p role="status" class={problem.value === '' ? 'quiet small' : 'notice'}>
        {busy.value ? 'The network is looking…' : problem.value}
      </p>
      {opinion.value !== undefined && <Beliefs store={store} best={opinion.value.best} />}
    </section>
  );
}

function refusalOf({ type, size }: Blob): string {
  if (!TYPES.includes(type))
    return 'This is no picture that the network can be shown. Choose a PNG, JPEG, WebP or GIF.';
  return size > MOST_BYTES ? 'This picture is larger than 8 MB. Choose a smaller one.' : '';
}

function Choose({
  onChoose,
  onFilm,
  filming,
}: {
  onChoose: (blob: Blob) => Promise<void>;
  onFilm: () => void;
  filming: boolean;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div class="choose">
      <label class="button">
        <span>Choose a picture</span>
        <input
          ref={field}
          class="hidden"
          type="file"
          accept={TYPES.join(',')}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) void onChoose(file);
            currentTarget.value = '';
          }}
        />
      </label>
      {!filming && navigator.mediaDevices !== undefined && (
        <button class="button" type="button" onClick={onFilm}>
          <Icon name="camera" />
          Webcam
        </button>
      )}
      <p class="quiet small">Or drop one anywhere on this page. It is looked at once, and kept nowhere.</p>
    </div>
  );
}

/** A picture may be dropped, or pasted, anywhere. */
function useDrop(look: (blob: Blob) => Promise<void>): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    const take = (event: Event, data: DataTransfer | null) => {
      const file = data?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void latest.current(file);
    };
    const onOver = (event: DragEvent) => event.preventDefault();
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      take(event, event.dataTransfer);
    };
    const onPaste = (event: ClipboardEvent) => take(event, event.clipboardData);
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
      removeEventListener('paste', onPaste);
    };
  }, []);
}
