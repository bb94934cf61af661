/** What the directory of an experiment holds. */
export const LAB_FILES = {
  data: 'data.json',
  table: 'table.csv',
  svg: 'figure.svg',
  png: 'figure.png',
  page: 'index.html',
} as const;

/** Where the pictures of a result lie, if it has any. */
export const LAB_PICTURES = 'pictures';

/** All that may lie in the directory of an experiment. */
export const LAB_NAMES: readonly string[] = [...Object.values(LAB_FILES), LAB_PICTURES];

/** Raised when what is kept changes its meaning. */
export const LAB_VERSION = 1;
