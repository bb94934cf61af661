// The converter of graph models imports the builder from here until it says ./builder.js itself.
export * from './builder.js';
