const largest = 1e9;
const isWhole = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= largest;

/** What the numbers of planning columns must be, in files and in JSON alike. */
export const planningNumbers = {
  quantity: { expected: 'a whole number of pieces from 1 to 1,000,000,000', fits: isWhole },
  priority: { expected: 'a whole number from 1, the most urgent', fits: isWhole },
  operation: { expected: 'a whole number from 1 such as 10, 20 or 30', fits: (value: number): boolean => isWhole(value) && value <= 1e6 },
  setup_min: { expected: 'a number of minutes from 0', fits: (value: number): boolean => value >= 0 && value <= largest },
} as const;

/** Characters of an id. */
export const maxIdLength = 200;
