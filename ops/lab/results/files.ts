/** What the directory of an experiment holds. */
export const LAB_FILES = {
  data: 'data.json',
  table: 'table.csv',
  svg: 'figure.svg',
  png: 'figure.png',
  page: 'index.html',
} as const;

/** Raised when what is kept changes its meaning. */
export const LAB_VERSION = 1;
