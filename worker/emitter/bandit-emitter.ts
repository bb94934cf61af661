import type { EmitterName } from '../../protocol/spec/emitter-names.js';
import { chooseArm, type Play, WINDOW } from './bandit.js';
import { type BanditState, readBanditState, writeBanditState } from './bandit-state.js';
import type { Emitter, EmitterMaker } from './emitter.js';
import { shareIn } from './share.js';

/** Forward passes of a play at the least: about five short visits of the gradient emitter, or as many mutations. */
const PLAY = 25;

/**
 * Several emitters of which a bandit chooses: see {@link chooseArm}. A play goes to one emitter until it has spent
 * {@link PLAY} forward passes and is in no visit. Random images, with which an island is founded, pay nobody.
 */
export function createBanditEmitter(
  emitters: readonly { readonly name: EmitterName; readonly make: EmitterMaker }[],
): EmitterMaker {
  return (parts) => {
    const saved: BanditState | undefined = parts.saved && readBanditState(parts.saved, emitters.length);
    const arms: readonly Emitter[] = emitters.map(({ make }, i) => {
      const state = saved?.emitters[i];
      const { saved: _, ...rest } = parts;
      return make({ ...rest, ...(state && { saved: state }) });
    });
    let plays: readonly Play[] = saved?.plays ?? [];
    let current = saved?.current ?? { arm: chooseArm(arms.length, plays), cost: 0, improvement: 0 };

    function emitterOf(arm: number): Emitter {
      const emitter = arms[arm];
      if (emitter === undefined) throw new RangeError(`there is no emitter ${arm}`);
      return emitter;
    }

    function nameOf(arm: number): EmitterName {
      const emitter = emitters[arm];
      if (emitter === undefined) throw new RangeError(`there is no emitter ${arm}`);
      return emitter.name;
    }

    function endPlay(): void {
      if (current.cost < PLAY || emitterOf(current.arm).visiting) return;
      plays = [...plays, current].slice(-WINDOW);
      current = { arm: chooseArm(arms.length, plays), cost: 0, improvement: 0 };
    }

    return {
      ask: (n) => emitterOf(current.arm).ask(n),
      tell(outcomes) {
        const { arm } = current;
        emitterOf(arm).tell(outcomes);
        const { cost, improvement } = shareIn(outcomes);
        current = { arm, cost: current.cost + cost, improvement: current.improvement + improvement };
        endPlay();
      },
      save: () => writeBanditState({ plays, current, emitters: arms.map((arm) => arm.save()) }),
      get name() {
        return nameOf(current.arm);
      },
      get visiting() {
        return emitterOf(current.arm).visiting === true;
      },
      get report() {
        return { neutral: arms.reduce((sum, { report }) => sum + report.neutral, 0) };
      },
    };
  };
}
