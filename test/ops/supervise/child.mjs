// What it does is its first argument; it stays until its parent is gone where that is `stay`.
const [what] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
if (what === 'stay') process.send?.('here');
else process.exit(Number(what));
