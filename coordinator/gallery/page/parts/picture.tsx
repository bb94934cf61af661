import { useEffect, useRef, useState } from 'preact/hooks';
import type { Artist, Subject } from '../run/artist.js';

/** A genome's picture, drawn for exactly the pixels that it takes on the screen. */
export interface PictureProps {
  readonly artist: Artist;
  readonly subject: Subject | undefined;
  readonly alt: string;
  /** Drawn at this size whatever it takes on the screen, and shown pixel for pixel: what a network saw. */
  readonly native?: { readonly width: number; readonly height: number; readonly grey: boolean };
  /** Drawn when it comes into view. */
  readonly lazy?: boolean;
}

/** A width that is still changing is not drawn for. */
const SETTLE_MS = 120;
const MOST_SIDE = 2048;

export function Picture({ artist, subject, alt, native, lazy = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = useDeviceSide(canvas, native !== undefined);
  const near = useNear(canvas, lazy);
  const [missing, setMissing] = useState(false);
  const { width, height, grey } = native ?? { width: side, height: side, grey: false };

  useEffect(() => {
    if (subject === undefined || width === 0 || !near) return;
    const control = new AbortController();
    void artist
      .draw(subject, { width, height, grey, urgency: lazy ? 3 : 5, signal: control.signal })
      .then((picture) => {
        if (control.signal.aborted || canvas.current === null) {
          picture?.close();
          return;
        }
        setMissing(picture === undefined);
        if (picture !== undefined) show(canvas.current, picture);
      });
    return () => control.abort();
  }, [artist, subject?.digest, width, height, grey, near]);

  return (
    <span class={missing ? 'picture missing' : 'picture'}>
      <canvas ref={canvas} class={native === undefined ? undefined : 'pixels'} role="img" aria-label={alt} />
      {missing && <span class="quiet not-kept">not kept</span>}
    </span>
  );
}

function show(canvas: HTMLCanvasElement, picture: ImageBitmap): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  canvas.dataset.drawn = `${picture.width}`;
  picture.close();
}

/** The width of an element in device pixels, once it stands still. */
function useDeviceSide(ref: { current: HTMLElement | null }, fixed: boolean): number {
  const [side, setSide] = useState(0);
  useEffect(() => {
    if (ref.current === null || fixed) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const measure = () => {
      const width = ref.current?.clientWidth ?? 0;
      setSide(Math.min(MOST_SIDE, Math.round(width * devicePixelRatio)));
    };
    measure();
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(measure, SETTLE_MS);
    });
    observer.observe(ref.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [fixed]);
  return side;
}

function useNear(ref: { current: HTMLElement | null }, lazy: boolean): boolean {
  const [near, setNear] = useState(!lazy);
  useEffect(() => {
    if (!lazy || ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setNear(true);
        observer.disconnect();
      },
      { rootMargin: '200px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [lazy]);
  return near;
}
