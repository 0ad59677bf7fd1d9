// Runs the heka of the tests for looking at: node test/serve.mjs
import { startHeka } from './fixture.mjs';

const heka = await startHeka(process.argv[2]);
console.log(heka.url);
process.on('SIGINT', async () => { await heka.stop(); process.exit(0); });
process.on('SIGTERM', async () => { await heka.stop(); process.exit(0); });
