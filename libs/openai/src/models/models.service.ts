import { LlmClient } from '#llm';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** A model as the OpenAI API shows it. */
export class Model {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  @ApiProperty({ type: 'integer', description: 'Seconds since 1970; when this server was started' })
  created!: number;

  @ApiProperty({ description: 'The first route that asks for it' })
  owned_by!: string;
}

/** The models that the routes ask for. */
@Injectable()
export class Models {
  readonly #models: ReadonlyMap<string, Model>;

  constructor(llm: LlmClient) {
    const created = Math.floor(Date.now() / 1_000);
    const models = new Map<string, Model>();
    for (const { model, route } of llm.state) {
      if (!models.has(model)) models.set(model, { id: model, object: 'model', created, owned_by: route });
    }
    this.#models = models;
  }

  /** The first route's. */
  get usual(): string {
    return this.#models.keys().next().value ?? 'default';
  }

  all(): Model[] {
    return [...this.#models.values()];
  }

  get(id: string): Model | undefined {
    return this.#models.get(id);
  }

  /**
   * What the LLM is asked for when a caller names a model. The first route's own one is what is asked for anyway: left
   * out, so that a further route asks for its own.
   */
  wanted(model: string): string | undefined {
    return model === this.usual ? undefined : model;
  }
}
