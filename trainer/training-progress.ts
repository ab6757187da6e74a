/** What a training is doing, in order. */
export const trainingStages = ['reading', 'preparing', 'choosing', 'evaluating', 'publishing'] as const;

/** How far a training is: its stage, and the share of that stage that is done, 0 to 1. */
export interface TrainingProgress {
  stage: (typeof trainingStages)[number];
  fraction: number;
}

/** Told whenever a training has moved on. */
export type OnProgress = (progress: TrainingProgress) => void;

/** The share of the whole training that is done, 0 to 1, all stages counted alike. */
export function overallProgress({ stage, fraction }: TrainingProgress): number {
  return (trainingStages.indexOf(stage) + Math.min(1, Math.max(0, fraction))) / trainingStages.length;
}
