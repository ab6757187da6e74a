/** What a training is doing, in order, and the share of the time that each stage takes: measured from 1,000 to 20,000 rows, where choosing outweighs all others. */
const stageShares = { reading: 0.01, preparing: 0.005, choosing: 0.94, evaluating: 0.035, publishing: 0.01 } as const;

export type TrainingStage = keyof typeof stageShares;

/** The stages in order. */
export const trainingStages: readonly TrainingStage[] = ['reading', 'preparing', 'choosing', 'evaluating', 'publishing'];

/** How far a training is: its stage, the share of that stage that is done, 0 to 1, and what it is busy with there, such as a family of models. */
export interface TrainingProgress {
  stage: TrainingStage;
  fraction: number;
  detail?: string;
}

/** Told whenever a training has moved on. */
export type OnProgress = (progress: TrainingProgress) => void;

/** The share of the whole training's time that is over, 0 to 1. */
export function overallProgress({ stage, fraction }: TrainingProgress): number {
  const before = trainingStages.slice(0, trainingStages.indexOf(stage)).reduce((sum, earlier) => sum + stageShares[earlier], 0);
  return Math.min(1, before + stageShares[stage] * Math.min(1, Math.max(0, fraction)));
}

/** The stage and what it is busy with, in words. */
export const doing = ({ stage, detail }: TrainingProgress): string => (detail === undefined ? stage : `${stage}: ${detail}`);
