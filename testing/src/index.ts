export {
  chromiumPath,
  connectChromium,
  hasChromium,
  launchChromium,
  serveChromium,
} from './browser/chromium.js';
export { readMainThread, traceCategories, type MainThread } from './browser/main-thread.js';
export { runCommand, type Command } from './command/run-command.js';
export { table } from './command/table.js';
export { EventParser, type ServerSentEvent } from './events/event-parser.js';
export { fakeRealtime, sessionCreated, type FakeRealtimeAnswer } from './llm-servers/fake-realtime.js';
export { fakeResponses, officialError, type FakeResponse } from './llm-servers/fake-responses.js';
export { fakeSpark, judgeSparkUpgrade, type FakeSparkAnswer } from './llm-servers/fake-spark.js';
export { exampleOf, hasPython, PythonServer } from './llm-servers/python-server.js';
export { ScriptedServer, type OnFrame } from './llm-servers/scripted-server.js';
export { ConnectProxy } from './llm-servers/connect-proxy.js';
export { testCertificate, testKey } from './llm-servers/test-certificate.js';
export { freePort } from '#embedded-postgres';
export { RawHttp } from './network/raw-http.js';
export { reachable } from './network/reachable.js';
export { queryOnce, withDatabase } from './postgres/admin-connection.js';
export { clusterVariable, copyCluster, createCluster } from './postgres/cluster.js';
export { PostgresPair } from './postgres/postgres-pair.js';
export { RestartablePostgres } from './postgres/restartable-postgres.js';
export { TlsProxy } from './postgres/tls-proxy.js';
export { createEmptyDatabase, createTestDatabase, type TestDatabase } from './postgres/test-database.js';
export { createDataFolder } from './processes/data-folder.js';
export { packageRoot } from './processes/package-root.js';
export { signalAll } from './processes/process-tree.js';
export { endWithParent, Program, type Ending, type ProgramOptions } from './processes/program.js';
