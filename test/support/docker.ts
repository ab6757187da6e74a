import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Starts an engine on a machine that has none, where it stands beside this folder. */
const engineScript = fileURLToPath(new URL('../../../shared/docker/engine.sh', import.meta.url));
const baseImages = [
  ['node', '24-bookworm-slim'],
  ['redis', '8-bookworm'],
] as const;

/** The environment in which `docker compose` works. Throws where there is no Docker. */
export async function dockerEnvironment(): Promise<NodeJS.ProcessEnv> {
  if (await hasCompose(process.env)) return process.env;
  if (!existsSync(engineScript)) throw new Error('npm run test:compose needs a running Docker with Compose v2');
  const { stdout } = await run('bash', [engineScript, 'up'], { maxBuffer: 1e8 });
  const exported = await run('bash', ['-c', `${stdout}\nprintf '%s\\0' "$PATH" "$DOCKER_HOST" "$DOCKER_CONFIG"`]);
  const [PATH, DOCKER_HOST, DOCKER_CONFIG] = exported.stdout.split('\0');
  for (const image of baseImages) await run('bash', [engineScript, 'image', ...image], { maxBuffer: 1e8 });
  return { ...process.env, PATH, DOCKER_HOST, DOCKER_CONFIG };
}

async function hasCompose(env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await run('docker', ['info'], { env });
    await run('docker', ['compose', 'version'], { env });
    return true;
  } catch {
    return false;
  }
}
