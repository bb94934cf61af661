// A container's health check: node healthy.mjs PORT [PATH]. Exit code 0 where 127.0.0.1:PORT answers with 200.
const [, , port, path = '/healthz'] = process.argv;
const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4000) });
process.exitCode = answer.ok ? 0 : 1;
