/** The few signs that the page has, drawn with the text's colour. */

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  key: 'M14.5 9.5a4 4 0 1 0-3.6 4L13 15.5h2v2h2v2h3v-3.4l-5.8-5.7c.2-.3.3-.6.3-.9zM9.6 8.6h.1',
  figures: 'M4 19V9M10 19V5M16 19v-7M21 19H3',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l10-6.5z',
  stop: 'M7 7h10v10H7z',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 10.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  arrow: 'M5 12h13M13 7l5 5-5 5',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="ring" d="M16 4.5a11.5 11.5 0 1 0 10.6 7" />
      <circle class="light" cx="16" cy="16" r="3.2" />
    </svg>
  );
}
