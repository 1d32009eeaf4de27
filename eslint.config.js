import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import regexp from 'eslint-plugin-regexp';
import security from 'eslint-plugin-security';
import tseslint from 'typescript-eslint';

/**
 * The module rules of docs/architecture.md: each module may import from its own folder and from the modules listed
 * beside it, through their public entry points ('#llm'), never by a path into them.
 */
const modules = {
  'libs/client': [],
  'libs/page': [],
  'libs/fairness': [],
  'libs/llm': ['fairness'],
  'libs/problems': [],
  'libs/embedded-postgres': [],
  'libs/database': ['fairness'],
  'libs/auth': ['problems'],
  'libs/backpressure': ['auth'],
  'libs/chat': ['auth', 'backpressure', 'database', 'fairness', 'llm', 'problems'],
  'libs/health': ['auth', 'database', 'llm'],
  'libs/metrics': ['auth', 'chat', 'llm'],
  'libs/openai': ['auth', 'backpressure', 'chat', 'llm', 'problems'],
  // For specs, for folders named `testing` inside a module, and for bench and chaos. Product code never imports it.
  testing: ['embedded-postgres', 'mock-llm'],
  bench: ['chat', 'database', 'embedded-postgres', 'llm', 'mock-llm', 'testing'],
  chaos: ['embedded-postgres', 'mock-llm', 'testing'],
  'apps/mock-llm': [],
  'apps/check-llm': ['configuration', 'llm'],
  'apps/server': [
    'auth',
    'backpressure',
    'chat',
    'database',
    'embedded-postgres',
    'health',
    'llm',
    'metrics',
    'mock-llm',
    'openai',
    'page',
    'problems',
  ],
};

/**
 * The layers inside a module, lowest first. A file imports from its own layer and from lower ones, never from a higher
 * one; type imports count as well. Specs may import from every layer.
 */
const layers = {
  'libs/llm/src': ['errors', 'protocols', 'transport', 'routing', 'nest'],
  'libs/chat/src': [
    'options',
    'model',
    'store',
    'migrations',
    'notify',
    'runs/generation',
    'runs/following',
    'runs/leases',
    'conversations',
    'turns',
    'streams',
    'search',
    'transfer',
    'retention',
    'api',
    'shutdown',
  ],
};

/**
 * Inside apps/web/src: the other folders that each folder may import, from the lowest layer to the highest one. The table
 * in apps/web/README.md says what they hold.
 */
const webLayers = {
  texts: [],
  page: [],
  ui: ['page', 'texts'],
  server: ['page', 'texts'],
  markdown: ['texts', 'ui'],
  'conversation-list': ['page', 'server', 'texts'],
  'open-conversation': ['conversation-list', 'page', 'server', 'texts'],
  messages: ['markdown', 'open-conversation', 'page', 'server', 'texts', 'ui'],
  chat: ['conversation-list', 'messages', 'open-conversation', 'page', 'server', 'texts', 'ui'],
  sidebar: ['conversation-list', 'open-conversation', 'page', 'server', 'texts', 'ui'],
  shell: [
    'chat',
    'conversation-list',
    'markdown',
    'open-conversation',
    'page',
    'server',
    'sidebar',
    'texts',
    'ui',
  ],
};

const privateKeyword = {
  selector:
    ":matches(PropertyDefinition, TSParameterProperty, MethodDefinition[kind!='constructor'])[accessibility='private']",
  message: 'Private members are #members.',
};

const intoAnotherModule = {
  regex: '(^|/)(apps|libs|dist|bench|chaos|test|testing/src)/',
  message: "Import another module by its public entry point ('#llm'), not by a path into it.",
};
const ownIndex = {
  regex: '^(\\.\\.?/)+(src/)?index(\\.js)?$',
  message: 'Inside a module, import the file itself, not the index.',
};
const ownNestModule = {
  regex: '(^|/)[\\w-]+\\.module(\\.js)?$',
  message: 'A Nest module imports the layers, not the other way round.',
};
const onlyNestLayerKnowsNest = {
  regex: '^@nestjs/',
  message: 'In libs/llm, only the nest layer imports from Nest.',
};

/** What a file of this module may not import, wherever in the module it is. */
const moduleBoundary = (module) => [
  intoAnotherModule,
  ownIndex,
  {
    regex: `^#(?!(${[...modules[module], '$'].join('|')})$)`,
    message: `${module} must not import this module.`,
  },
];

/** Code that runs in tests only. */
const testCode = ['**/*.spec.ts', '**/src/**/testing/**'];

/** The files that read or write rows of several owners, and why. All other code uses `Database.forOwner`. */
const systemDatabaseUsers = {
  'libs/chat/src/retention/retention.ts': 'deletes expired conversations of all owners',
  'libs/chat/src/runs/generation/cancellations.ts': 'looks up canceled runs of this process, of all owners',
  'libs/chat/src/runs/generation/hand-over.ts': 'hands over all runs of this process',
  'libs/chat/src/runs/generation/run-queue.ts': 'looks up queued runs of this process, of all owners',
  'libs/chat/src/search/search.service.ts':
    'policies would prevent the use of the word indexes; every statement names the owner',
  'libs/chat/src/store/checkpoint-store.ts': 'writes the text of all runs of this process in one statement',
  'libs/chat/src/store/lease-store.ts': 'renews and claims leases of runs of all owners',
  'libs/chat/src/store/poll-conversations.ts': 'polls all conversations with subscribers in one statement',
  'libs/chat/src/store/poll-runs.ts': 'polls runs of several owners in one statement',
  'libs/chat/src/store/turn-store.ts': 'group commit: batches contain rows of several owners',
};
const onlySystemDatabaseUsers = {
  selector: 'ImportSpecifier[imported.name="SystemDatabase"]',
  message:
    'SystemDatabase sees the rows of every owner: use Database.forOwner, or add this file with a reason to systemDatabaseUsers in eslint.config.js.',
};
const noInjectedRepositories = {
  selector: 'ImportSpecifier[imported.name=/^Inject(Repository|DataSource|EntityManager)$/]',
  message: "TypeORM's injected objects are not limited to an owner: use Database.forOwner(owner).repository.",
};

/** Code of the modules reads the rows of one owner, unless it is listed. */
const ownerRules = [
  {
    files: ['libs/**/*.ts'],
    ignores: ['libs/database/**', ...testCode, ...Object.keys(systemDatabaseUsers)],
    rules: {
      'no-restricted-syntax': ['error', privateKeyword, noInjectedRepositories, onlySystemDatabaseUsers],
    },
  },
  {
    files: Object.keys(systemDatabaseUsers),
    rules: { 'no-restricted-syntax': ['error', privateKeyword, noInjectedRepositories] },
  },
];

const restrictImports = (folder, patterns) => ({
  files: [`${folder}/**/*.ts`],
  ignores: testCode,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const moduleRules = Object.keys(modules).map((module) => restrictImports(module, moduleBoundary(module)));

// A later entry of the configuration replaces the rule for its files, so each layer repeats the module's patterns.
const layerRules = Object.entries(layers).flatMap(([source, names]) =>
  names.slice(0, -1).map((name, index) => {
    const module = source.replace('/src', '');
    const higher = names.slice(index + 1).map((layer) => layer.split('/').at(-1));
    return restrictImports(`${source}/${name}`, [
      ...moduleBoundary(module),
      ownNestModule,
      ...(module === 'libs/llm' ? [onlyNestLayerKnowsNest] : []),
      {
        regex: `(^|/)(${higher.join('|')})/`,
        message: `This layer is above ${name}: a layer imports only from itself and from lower layers.`,
      },
    ]);
  }),
);

const testRules = {
  files: [
    'test/**/*.ts',
    ...['apps', 'libs', 'testing'].flatMap((folder) => testCode.map((glob) => `${folder}/${glob}`)),
  ],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: '(^|/)testing/src/', message: "Import it as '#testing'." },
          {
            regex: '(^|/)(bench|chaos)/src/',
            message: 'What tests share with bench or chaos belongs in testing.',
          },
        ],
      },
    ],
  },
};

const pageUsesHttp = { regex: '^#|libs/', message: 'The page talks HTTP only, by way of @parley/client.' };

const webLayerRules = Object.entries(webLayers).map(([folder, allowed]) => {
  const forbidden = String.raw`\.\.\/(?!(${[...allowed, '$'].join('|')})\/)`;
  const message = `apps/web/src/${folder} must not import this folder: imports go downwards.`;
  return {
    files: [`apps/web/src/${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [pageUsesHttp, { regex: `^${forbidden}`, message }] }],
      'no-restricted-syntax': [
        'error',
        privateKeyword,
        { selector: `ImportExpression[source.value=/^${forbidden}/]`, message },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['**/dist/', 'coverage/', '.data/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-syntax': ['error', privateKeyword],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  security.configs.recommended,
  {
    rules: {
      // Reports every obj[key]. Maps and Object.hasOwn() are used where a key comes from outside; bodies have no forbidden keys.
      'security/detect-object-injection': 'off',
      // Paths come from the operator, the build and the tests; no path comes from a request (libs/page has a list of its files).
      'security/detect-non-literal-fs-filename': 'off',
      'security/detect-non-literal-regexp': 'off',
      'security/detect-unsafe-regex': 'off',
    },
  },
  {
    // What reads texts of callers and LLM servers.
    files: ['libs/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      'security/detect-non-literal-regexp': 'error',
    },
  },
  {
    // By the depth of repetitions alone, so that it finds fault with many that are linear; the rules above analyze them. In
    // libs each of those says why it is linear.
    files: ['libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: { 'security/detect-unsafe-regex': 'error' },
  },
  {
    files: ['libs/**/*.ts', 'apps/server/**/*.ts'],
    ignores: ['apps/server/src/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only apps/server reads the environment.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts'],
    // expect.any() and its like are typed any.
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  ...ownerRules,
  ...moduleRules,
  ...layerRules,
  testRules,
  {
    files: ['apps/web/src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [pageUsesHttp] }],
    },
  },
  ...webLayerRules,
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { URL: 'readonly', fetch: 'readonly', process: 'readonly' } },
  },
  prettier,
);
