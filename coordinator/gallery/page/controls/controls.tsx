import { signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ApiError, ask, sentenceFor } from '../api.js';
import { Icon } from '../parts/icons.js';
import type { Run } from '../run/run.js';
import { tokenKept } from './token.js';

/** Pause, resume and stop, for whoever has entered the token; a way to enter it for all others. */

type Verb = 'pause' | 'resume' | 'stop';

const token = signal(tokenKept());
const problem = signal('');

export function Controls({ run }: { run: Run }) {
  return token.value === '' ? <Enter /> : <Verbs run={run} />;
}

function Enter() {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        class="button bare"
        type="button"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="key" />
        <span class="word">Control</span>
      </button>
      <Problem />
      <dialog class="dialog" ref={dialog} aria-labelledby="token-title">
        <form
          method="dialog"
          onSubmit={() => {
            const entered = field.current?.value.trim() ?? '';
            if (entered === '') return;
            tokenKept(entered);
            token.value = entered;
            problem.value = '';
          }}
        >
          <h2 id="token-title">Control this run</h2>
          <p class="quiet">
            Whoever has the run's token may pause, resume and stop it. It is kept in this tab until the tab is
            closed.
          </p>
          <label>
            <span>Token</span>
            <input ref={field} class="field" type="password" autocomplete="off" spellcheck={false} required />
          </label>
          <div class="dialog-buttons">
            <button class="button" type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button class="button primary" type="submit">
              Use it
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function Verbs({ run }: { run: Run }) {
  const sure = useSignal(false);
  const busy = useSignal(false);
  const { state } = run.status.value;

  async function doIt(verb: Verb): Promise<void> {
    busy.value = true;
    problem.value = '';
    sure.value = false;
    try {
      await ask(`${run.base}/api/${verb}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token.value}` },
      });
    } catch (error) {
      problem.value = sentenceFor(error);
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) forget();
    } finally {
      busy.value = false;
    }
  }

  return (
    <fieldset class="verbs" aria-label="Control the run">
      {state === 'paused' ? (
        <Verb name="Resume" icon="play" disabled={busy.value} onClick={() => doIt('resume')} />
      ) : (
        <Verb
          name="Pause"
          icon="pause"
          disabled={busy.value || state !== 'running'}
          onClick={() => doIt('pause')}
        />
      )}
      {sure.value ? (
        <button class="button danger" type="button" onClick={() => doIt('stop')}>
          Stop for good?
        </button>
      ) : (
        <Verb
          name="Stop"
          icon="stop"
          disabled={busy.value || (state !== 'running' && state !== 'paused')}
          onClick={() => {
            sure.value = true;
          }}
        />
      )}
      <button
        class="button bare"
        type="button"
        onClick={forget}
        aria-label="Forget the token"
        title="Forget the token"
      >
        <Icon name="close" />
      </button>
      <Problem />
    </fieldset>
  );
}

function Verb({
  name,
  icon,
  disabled,
  onClick,
}: {
  name: string;
  icon: 'play' | 'pause' | 'stop';
  disabled: boolean;
  onClick: () => void;
}) {
  return (
    <button class="button" type="button" disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
      <span class="word">{name}</span>
    </button>
  );
}

function forget(): void {
  tokenKept('');
  token.value = '';
}

function Problem() {
  if (problem.value === '') return null;
  return (
    <p class="notice" role="alert">
      {problem.value}
    </p>
  );
}
