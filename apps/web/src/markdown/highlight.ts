import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { HighlightedNodes, type HighlightedNode, textOf } from './highlighted-nodes';

const languages = {
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, php, python },
  ...{ ruby, rust, sql, swift, typescript, xml, yaml },
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.configure({ __emitter: HighlightedNodes });

/** Maximum length of code that is highlighted, in characters: more would create too many elements. */
const maxCharacters = 20_000;

/** Code, and its language as written after the opening fence. */
export interface CodeToHighlight {
  code: string;
  language: string;
}

/** Highlights code. Returns undefined for an unknown language, and for code that is too long. */
export function highlight({ code, language }: CodeToHighlight): HighlightedNode[] | undefined {
  if (code.length > maxCharacters || hljs.getLanguage(language) === undefined) return undefined;
  const { _emitter: nodes } = hljs.highlight(code, { language, ignoreIllegals: true });
  if (!(nodes instanceof HighlightedNodes)) return undefined;
  const { children } = nodes.root;
  return textOf(children) === code ? children : undefined;
}
