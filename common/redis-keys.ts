/** Every key and channel that Spindle uses beside BullMQ's own, all under one prefix. */
export class RedisKeys {
  readonly prefix: string;
  /** Beside the queues' own names: BullMQ keeps the job `x` of queue `training` under `<prefix>:training:x`. */
  readonly #data: string;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.#data = `${prefix}:data`;
  }

  /** Hash: the cached estimates of one model version, younger generation. */
  readonly cacheYoung = (version: string): string => `${this.prefix}:cache:{${version}}:young`;
  /** Hash: the generation before; it goes when the younger one is full. */
  readonly cacheOld = (version: string): string => `${this.prefix}:cache:{${version}}:old`;

  /** Hash: state and figures of a batch. */
  readonly batch = (id: string): string => `${this.#data}:batch:${id}`;
  /** Compressed JSON: the accepted rows of one chunk as they came. */
  readonly batchRows = (id: string, chunk: number): string => `${this.#data}:batch:${id}:rows:${chunk}`;
  /** Compressed JSON: the same rows as parts, by column, for the model. */
  readonly batchParts = (id: string, chunk: number): string => `${this.#data}:batch:${id}:parts:${chunk}`;
  /** Compressed JSON: lines and planning values of the same rows. */
  readonly batchPlanning = (id: string, chunk: number): string => `${this.#data}:batch:${id}:planning:${chunk}`;
  /** Compressed JSON: the estimates of one chunk. */
  readonly batchEstimates = (id: string, chunk: number): string => `${this.#data}:batch:${id}:estimates:${chunk}`;
  /** Compressed JSON: a run of refused rows with their reasons. */
  readonly batchRejected = (id: string, chunk: number): string => `${this.#data}:batch:${id}:rejected:${chunk}`;
  /** Hash: chunk → figures of a finished chunk; written again by a repeated run, never twice. */
  readonly batchDone = (id: string): string => `${this.#data}:batch:${id}:done`;
  /** Hash: chunk → what stands out among its parts, until the batch has ended. */
  readonly batchNotable = (id: string): string => `${this.#data}:batch:${id}:notable`;
  /** Sorted set: ids of the kept batches by time of submission. */
  readonly batches = (): string => `${this.#data}:batch-index`;
  /** String: id of the kept batch with these bytes, options and model version. */
  readonly batchByContent = (fingerprint: string): string => `${this.#data}:batch-content:${fingerprint}`;
  /** String: what became of the request with this idempotency key. */
  readonly idempotency = (key: string): string => `${this.#data}:idempotency:${key}`;

  /** Hash: state and outcome of a training. */
  readonly training = (id: string): string => `${this.#data}:training:${id}`;
  /** Compressed JSON: rows of a training's upload. */
  readonly trainingRows = (id: string, chunk: number): string => `${this.#data}:training:${id}:rows:${chunk}`;
  /** Sorted set: ids of the kept trainings by time of submission. */
  readonly trainings = (): string => `${this.#data}:training-index`;

  /** Hash: state and outcome of a schedule. */
  readonly schedule = (id: string): string => `${this.#data}:schedule:${id}`;
  /** Compressed JSON: what a schedule is made from. */
  readonly scheduleOrder = (id: string): string => `${this.#data}:schedule:${id}:order`;
  /** Compressed JSON: the schedule itself. */
  readonly scheduleResult = (id: string): string => `${this.#data}:schedule:${id}:result`;
  /** Sorted set: ids of the kept schedules by time of submission. */
  readonly schedules = (): string => `${this.#data}:schedule-index`;

  /** String: one version of the shop as JSON. */
  readonly shop = (version: string): string => `${this.#data}:shop:${version}`;
  /** String: the version of the shop in use. */
  readonly currentShop = (): string => `${this.#data}:shop-current`;

  /** String with a short life: what a worker serves and refuses. */
  readonly worker = (id: string): string => `${this.#data}:worker:${id}`;
  /** Set: ids of workers that may be alive. */
  readonly workers = (): string => `${this.#data}:worker-index`;

  /** Channel: estimates for the API instance that asked. */
  readonly replies = (apiId: string): string => `${this.prefix}:reply:${apiId}`;
  /** Channel: the current model version, or what a worker serves, has changed. */
  readonly modelNews = (): string => `${this.prefix}:reply:models`;
}
