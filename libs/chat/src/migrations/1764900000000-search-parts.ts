import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { messageVector, titleVector } from '../store/search-vectors.js';
import { unspacedLettersSql } from '../store/unspaced-scripts.js';

/** All ASCII punctuation but the apostrophe. PostgreSQL would keep paths, host names and versions as one word, and skip tags. */
const punctuation = '[!-&(-/:-@\\[-`{-~]+';
/** A word that has a part after a capital letter or before a number, such as `getUserById`, `HTTPResponse`, `v2`. */
const compound = '\\m[A-Za-z0-9]*(?:[a-z][A-Z]|[A-Z][A-Z][a-z]|[A-Za-z][0-9])[A-Za-z0-9]*';
/** The first part of such a word. */
const firstPart = '\\m(?:[A-Z]?[a-z0-9]+(?=[A-Z])|[A-Z]+(?=[A-Z][a-z])|[A-Za-z]+(?=[0-9]))';

/**
 * Letters of scripts without spaces, and characters of compound words, at the beginning of a text that are divided into parts.
 * With 100,000 characters in total, the `tsvector` stays below its limit of 1 MiB.
 */
const [pairedChars, compoundChars] = [40_000, 20_000];

/**
 * `parley_search_text(content)`: the words of a text, separated by spaces. After them:
 *
 * - what remains of compound words without their first one to four parts: `UserById ById Id`
 * - the pairs of neighboring letters of scripts without spaces, and the last letter of each run: `我们下` → `我们 们下 下`
 *
 * Every regular expression is linear in the length of the text.
 */
const createFunction = `
  CREATE FUNCTION parley_search_text(content text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $function$
  DECLARE
    words text := content;
    parts text := '';
    runs text;
    compounds text;
  BEGIN
    IF content ~ '[${unspacedLettersSql}]' THEN
      words := regexp_replace(content, '[${unspacedLettersSql}]+', ' ', 'g');
      runs := regexp_replace(left(content, ${pairedChars}), '[^${unspacedLettersSql}]+', ' ', 'g');
      parts := ' ' || regexp_replace(runs, '(\\S\\S)', '\\1 ', 'g')
        || ' ' || regexp_replace(regexp_replace(runs, '(^| )\\S', ' ', 'g'), '(\\S\\S)', '\\1 ', 'g');
    END IF;
    words := regexp_replace(words, '${punctuation}', ' ', 'g');
    compounds := (SELECT string_agg(word[1], ' ') FROM regexp_matches(left(words, ${compoundChars}), '${compound}', 'g') AS word);
    IF compounds IS NOT NULL THEN
      FOR part IN 1..4 LOOP
        compounds := regexp_replace(compounds, '${firstPart}', '', 'g');
        parts := parts || ' ' || compounds;
        EXIT WHEN compounds !~ '${firstPart}';
      END LOOP;
    END IF;
    RETURN words || parts;
  END
  $function$`;

/** Indexes by parts of words, instead of those by whole words. */
export class SearchParts1764900000000 implements MigrationInterface {
  readonly name = 'SearchParts1764900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createFunction);
    await runner.query('DROP INDEX messages_by_words, conversations_by_words');
    await createIndexes(runner, titleVector(''), messageVector(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_by_words, conversations_by_words');
    await runner.query('DROP FUNCTION parley_search_text');
    await createIndexes(
      runner,
      `to_tsvector('simple', coalesce(title, ''))`,
      `to_tsvector('simple', left(content, 100000))`,
    );
  }
}

/** Searches need statistics of the new expressions, which autovacuum would collect only after many changes. */
async function createIndexes(runner: QueryRunner, title: string, message: string): Promise<void> {
  await runner.query(`CREATE INDEX conversations_by_words ON conversations USING gin ((${title}))`);
  await runner.query(`CREATE INDEX messages_by_words ON messages USING gin ((${message}))`);
  await runner.query('ANALYZE conversations, messages');
}
