import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { Environment } from '../../apps/server/src/configuration/environment.js';
import { parseConfiguration } from '../../apps/server/src/configuration/parse-configuration.js';
import { textOf } from './blocks.js';
import { claimedBy } from './claims.js';

const [keys, kubernetes] = claimedBy('test/documents/deployment.spec.ts');

interface Probe {
  httpGet: { path: string; port: string };
}

interface Pod {
  spec: {
    terminationGracePeriodSeconds: number;
    containers: {
      ports: { name: string; containerPort: number }[];
      env: { name: string; value: string }[];
      startupProbe: Probe;
      livenessProbe: Probe;
      readinessProbe: Probe;
      securityContext: { runAsUser: number };
    }[];
  };
}

describe('docs/operations.md', () => {
  it('shows keys that are valid', () => {
    const { auth } = parseConfiguration(parseEnv(keys!.text), () => '');
    expect(auth).toMatchObject({ mode: 'keys' });
    expect(keys!.language).toBe('dotenv');
  });

  it('shows a pod that gets its probes answered, and the time to stop', () => {
    const { spec } = parse(kubernetes!.text) as Pod;
    const [container] = spec.containers;
    const variables = Object.fromEntries(container!.env.map(({ name, value }) => [name, value]));
    const { shutdownDelayMs, drainTimeoutMs } = parseConfiguration(variables, () => '');
    expect(shutdownDelayMs).toBeGreaterThan(0);
    expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(shutdownDelayMs + drainTimeoutMs);
    expect(container!.ports).toEqual([{ name: 'http', containerPort: new Environment().PORT }]);
    const probes = [container!.startupProbe, container!.livenessProbe, container!.readinessProbe];
    expect(probes.map(({ httpGet }) => httpGet)).toEqual(
      ['/health/live', '/health/live', '/health/ready'].map((path) => ({ path, port: 'http' })),
    );
    expect(textOf('docs/api.md')).toContain('### `GET /health/ready`');
    expect(container!.securityContext.runAsUser).toBe(1000);
  });
});
