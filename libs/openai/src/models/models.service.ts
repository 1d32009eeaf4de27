import { LlmClient } from '#llm';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** A model as the OpenAI API shows it. */
export class Model {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  @ApiProperty({ type: 'integer', description: 'When this server was started, in seconds since 1970' })
  created!: number;

  @ApiProperty({ description: 'The first route with this model' })
  owned_by!: string;
}

/** The models of the configured routes. */
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

  /** The model of the first route. */
  get defaultModel(): string {
    return this.#models.keys().next().value ?? 'default';
  }

  /** All models, in the order of the routes. */
  all(): Model[] {
    return [...this.#models.values()];
  }

  /** The model with this id; undefined if no route has it. */
  get(id: string): Model | undefined {
    return this.#models.get(id);
  }

  /**
   * The model that overrides those of the routes when a caller names one. Undefined for the first route's model, so that
   * fallback routes request their own.
   */
  override(model: string): string | undefined {
    return model === this.defaultModel ? undefined : model;
  }
}
